//go:build race

package harness

// raceBuilt says that this binary has the race detector.
const raceBuilt = true
