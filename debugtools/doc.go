// Package debugtools reads what a Go program leaves behind when something is wrong, and says what is wrong, who causes it and how
// that is known.
//
// # Where things are
//
// Package [github.com/concurrency-god-mode/godmode/debugtools/dump] reads goroutine dumps of every form. Package
// [github.com/concurrency-god-mode/godmode/debugtools/owners] builds programs that record who holds which lock. Package finding holds
// what all tools answer with: a sentence, its certainty and its evidence.
//
// Package [github.com/concurrency-god-mode/godmode/debugtools/perf] says why a program is slow.
package debugtools
