package soak

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// lockDir makes sure that one process at a time works in a directory. The file stays when the lock is released; only the lock counts.
func lockDir(dir string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	ok, err := tryLock(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !ok {
		defer f.Close()
		return nil, &Error{ErrBusy, dir + holder(f.Name()), "wait until it ends, or choose another state directory"}
	}
	_ = f.Truncate(0) // who holds it is a courtesy to the reader of an error; failing to say so harms nobody
	_, _ = fmt.Fprintf(f, "%d\n", os.Getpid())
	return f.Close, nil
}

// holder says which process wrote its number into the lock file.
func holder(path string) string {
	data, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(data)); err == nil && pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}
