//go:build unix

package gotest

import (
	"errors"
	"os"
	"syscall"
)

// canDump says that a process can be asked for a dump of its goroutines from outside.
const canDump = true

// canPause says that a process can be stopped and continued from outside.
const canPause = true

// interruptGroup asks a process and all that it started and that stayed in its group to end.
func interruptGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGINT)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// killGroup kills a process and all that it started and that stayed in its group. It is called before the group's leader is
// waited for or right after, so that the number cannot have passed to another group.
func killGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// askDump makes a Go process print all goroutines and exit. A stopped process is continued first.
func askDump(p *os.Process) {
	p.Signal(syscall.SIGCONT)
	p.Signal(syscall.SIGQUIT)
}

// pause stops a process.
func pause(p *os.Process) { p.Signal(syscall.SIGSTOP) }

// resume continues a stopped process.
func resume(p *os.Process) { p.Signal(syscall.SIGCONT) }

// endedBySignal returns the name of the signal that ended a process, or "".
func endedBySignal(s *os.ProcessState) string {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal().String()
	}
	return ""
}

// tempVariables name the directory for temporary files.
var tempVariables = []string{"TMPDIR"}
