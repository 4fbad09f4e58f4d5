//go:build !unix

package gotest

import (
	"os"
	"syscall"
)

// canDump says that a process cannot be asked for a dump here: the test's own time limit prints one.
const canDump = false

// canPause says that a process cannot be stopped and continued here.
const canPause = false

// groupAttributes asks for nothing special.
func groupAttributes() *syscall.SysProcAttr { return nil }

// interruptGroup kills a process: there is nothing milder.
func interruptGroup(p *os.Process) error { return p.Kill() }

// killGroup kills a process; what it started is not known here.
func killGroup(p *os.Process) error { return p.Kill() }

// askDump does nothing.
func askDump(*os.Process) {}

// pause does nothing.
func pause(*os.Process) {}

// resume does nothing.
func resume(*os.Process) {}

// endedBySignal returns "": there are no signals.
func endedBySignal(*os.ProcessState) string { return "" }

// tempVariables name the directory for temporary files.
var tempVariables = []string{"TMPDIR", "TMP", "TEMP"}
