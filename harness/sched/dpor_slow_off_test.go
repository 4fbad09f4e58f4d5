//go:build !race

package sched_test

// share divides how much is compared.
const share = 1
