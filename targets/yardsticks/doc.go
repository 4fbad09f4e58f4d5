// Package yardsticks holds the benchmarks of godmode's targets beside the best known implementations of the same concepts: run in one go, because
// absolute numbers drift from machine to machine and from hour to hour, and only ratios within one run mean something.
//
// It is a module of its own so that the libraries it measures against are no requirements of godmode. Its results stand, with the command, in
// BENCHMARKS.md beside the targets of each row.
//
// What it does not measure: latency, more processors than the machine has, and what happens while a goroutine is stalled.
package yardsticks
