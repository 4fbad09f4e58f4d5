// Package explored is where the command harness explore finds the built-in targets: a target is explored as a test, whose binary is built with a standard
// library under control, and the test of this package runs whichever target it is asked for.
//
//	$ harness explore lockfree/treiber-stack
//
// # What it finds
//
// Of the row lockfree, with seed 2: every seeded bug but one, whose mistake shows only while a goroutine is stalled (michael-scott#no-help, caught by chaos). Most
// fail within the first dozen schedules of a chunk; the ABA problem of the Treiber stack takes tens of thousands (harness check needs as many). The
// correct twins, with seed 1: 150 000 schedules of 1 974 programs, a quarter of them with the race detector, and none is accused.
//
//	$ harness explore lockfree --bugs --seed 2
//	$ harness explore lockfree --seed 1 --for 10m
//
// It holds no code. Its test says nothing about targets that no command asked for: theirs are in their own packages.
package explored
