package gotest

import (
	"os"
	"syscall"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// This file lends to other engines that start processes of somebody's tests what this package does for its own.

// GroupAttributes puts a process into a group of its own, where there are groups. On Linux the kernel kills it when the thread that started it ends: keep
// that thread locked for as long as the process lives.
func GroupAttributes() *syscall.SysProcAttr { return groupAttributes() }

// KillGroup kills a process and all that it started and that stayed in its group. Call it before the process is waited for, or right after.
func KillGroup(p *os.Process) error { return killGroup(p) }

// AskDump makes a Go process print all goroutines and exit, where a process can be asked.
func AskDump(p *os.Process) { askDump(p) }

// ExitInfo says how a process ended; asked is whether it was asked for a dump before.
func ExitInfo(state *os.ProcessState, asked bool) signature.ExitInfo { return exitInfo(state, asked) }

// TestNames returns the names of tests, fuzz tests and examples among the lines that a test binary prints for -test.list, each once.
func TestNames(output []byte) []string { return testNames(output) }

// Selector returns what tells whether an expression, read as -run does, selects a top-level test.
func Selector(expression string) (selects func(test string) bool, err error) {
	s, err := parseSelection(expression)
	if err != nil {
		return nil, err
	}
	return func(test string) bool { _, ok := s.run(test); return ok }, nil
}

// Environ returns an environment without some variables, each of the others once, with its last value.
func Environ(env []string, drop ...string) []string { return without(env, drop...) }
