// Package yardsticks measures package dump beside the parsers of goroutine dumps that others wrote: panicparse and gostackparse. It is a module
// of its own, so that nobody who uses godmode carries their requirements.
//
//	go test -run TestCompare -v -timeout 30m
//
// BENCHMARKS.md in package dump has the results.
package yardsticks
