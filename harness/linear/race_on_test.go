//go:build race

package linear

// slowed says that the race detector makes everything some ten times slower.
const slowed = true
