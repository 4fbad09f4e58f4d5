//go:build unix

package model_test

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used so far: on a machine that does other things as well, elapsed time says little.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
