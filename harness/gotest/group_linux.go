package gotest

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// groupAttributes puts a process into a group of its own and has the kernel kill it when the thread that started it dies. The
// caller keeps that thread locked for as long as the process lives.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// availableCPUs returns the CPUs on which this process may run.
func availableCPUs() []int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	var cpus []int
	for cpu := range len(set) * 64 {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// pinned runs a function while the calling thread, which must be locked, and what it starts may run on one CPU only.
func pinned(cpu int, f func() error) error {
	var before, one unix.CPUSet
	if unix.SchedGetaffinity(0, &before) != nil {
		return f()
	}
	one.Set(cpu)
	if unix.SchedSetaffinity(0, &one) != nil {
		return f()
	}
	defer unix.SchedSetaffinity(0, &before)
	return f()
}
