// Package explored is where the command harness explore finds the built-in targets: a target is explored as a test, whose binary is built with a standard
// library under control, and the test of this package runs whichever target it is asked for.
//
//	$ harness explore lockfree/treiber-stack
//
// It holds no code. Its test says nothing about targets that no command asked for: theirs are in their own packages.
package explored
