// Package debugtools reads what a Go program leaves behind when something is wrong, and says what is wrong, who causes it and how
// that is known.
//
// [Handler] answers over HTTP for the process that it runs in. The tools are packages of their own, and commands:
//
//	dump       goroutine dumps of every form, from anywhere       harness dump
//	diagnose   what is wrong in a dump: deadlocks, leaks, queues  harness dump
//	waitgraph  who waits for whom, as text and as a picture       harness dump, harness explain
//	live       a dump of a running process, by its number         harness dump
//	owners     programs that record who holds which lock          harness build, harness stress --lockcheck, harness locks
//	leak       goroutines that outlive a test or a call           harness leaks
//	growth     whether a series grows, or only climbs for a while harness soak
//	heap       who keeps memory, from heap dumps and profiles     harness heap
//	perf       what time is spent on, from traces and profiles    harness perf, harness bench
//	finding    what all of them answer with: a sentence, its certainty, its evidence
package debugtools
