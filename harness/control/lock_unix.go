//go:build unix

package control

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock locks a file for as long as nobody calls release, alone or together with others who do not want to be alone, and reports whether it could. What is not
// there is locked by nobody, and neither is what cannot be opened.
func lock(name string, alone bool) (release func(), ok bool) {
	f, err := os.Open(name)
	if err != nil {
		return func() {}, errors.Is(err, fs.ErrNotExist)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB) != nil {
		f.Close()
		return func() {}, false
	}
	return func() { f.Close() }, true
}
