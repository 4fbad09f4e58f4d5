package soak

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
)

// maxLastWords bounds what is read of a process's last words, in bytes.
const maxLastWords = 64 << 10

// lastWordsOf reads what an earlier process wrote when it died, or "".
func lastWordsOf(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, crashFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxLastWords))
	return string(data), err
}

// listen empties the file of last words and makes the runtime write there as well when it dies of a panic or a fatal error
// (runtime/debug.SetCrashOutput). The returned function ends that.
func listen(dir string) (stop func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, crashFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the runtime has a descriptor of its own
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, err
	}
	return func() error {
		return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), os.Remove(f.Name()))
	}, nil
}
