package soak

import (
	"errors"
	"os"
	"path/filepath"
)

// save replaces a file atomically: it writes another beside it, makes sure that it is on the disk, and renames it. The name of the
// other starts with a dot; one that a killed process left is overwritten next time.
func save(path string, data []byte) error {
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes new names in a directory durable, where the system can; where it cannot, the files themselves still are.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // not every file system can do this
	return d.Close()
}
