//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package soak

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock on an open file, and reports false if another process has it. The kernel drops the lock when the process ends, in
// whatever way, so that no stale lock can be left behind.
func tryLock(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, os.NewSyscallError("flock", err)
		}
	}
}
