//go:build unix

package harness

import (
	"syscall"
	"time"
)

// processorTime returns the time that this process has computed, which other programs on the machine disturb less than the time that passed.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
