//go:build race

package sched_test

// share divides how much is compared: coroutines are ten times slower under the race detector, which has nothing to find in what runs on one goroutine.
const share = 8
