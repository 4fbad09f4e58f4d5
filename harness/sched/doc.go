// Package sched decides which goroutine runs next. It is the core of controlled exploration: step functions over integers, which two engines drive, the
// coroutines of package harness/model and, compiled into a stranger's program, the Go runtime itself (package harness/control).
//
// It imports the standard library only, and nothing of the module, because it is added to the standard library of the programs under control.
package sched
