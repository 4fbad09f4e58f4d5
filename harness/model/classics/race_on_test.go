//go:build race

package classics

// raced says that the race detector watches, which finds little in programs of one goroutine, and takes twenty times as long.
const raced = true
