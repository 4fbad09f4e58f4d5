//go:build !race

package casefile

// raceEnabled says that the race detector is on.
const raceEnabled = false
