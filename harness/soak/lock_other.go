//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package soak

import (
	"errors"
	"os"
)

// tryLock refuses: this system has no lock that ends with its process, and one that stays behind would be worse than none.
func tryLock(*os.File) (bool, error) {
	return false, errors.New("soak needs file locks, which this system does not have")
}
