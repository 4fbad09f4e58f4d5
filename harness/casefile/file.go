package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Extension is that of case files.
const Extension = ".case"

// unsafe matches what does not belong into a file name.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// FileName returns the name of a case's file, such as "treiber-stack-linearizable-9f1c.case": target or test, bug, kind, and four digits
// of a hash. Cases of one bucket have one name, so that a failure that is found again does not become a second file.
func FileName(c *Case) string { return c.fileName(4) }

// fileName returns the name with that many digits of the hash.
func (c *Case) fileName(digits int) string {
	what := path.Base(c.Target)
	switch {
	case c.Target == "" && c.Test != "":
		what = c.Test
	case c.Target == "" && len(c.Command) > 0:
		what = filepath.Base(c.Command[0])
	}
	parts := []string{what}
	for _, p := range []string{c.Bug, c.Kind} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	for i, p := range parts {
		parts[i] = namePart(p)
	}
	return strings.Join(parts, "-") + "-" + c.hash()[:digits] + Extension
}

// namePart makes a short and safe part of a file name, which does not hide the file.
func namePart(s string) string {
	s = strings.Trim(unsafe.ReplaceAllString(s, "-"), "-.")
	return s[:min(len(s), 60)]
}

// hash returns the hexadecimal hash of the bucket: what failed, and how. The engine is not part of it: a failure is the same whoever
// finds it.
func (c *Case) hash() string {
	h := sha256.New()
	for _, s := range append([]string{c.Target, c.Bug, c.Package, c.Test, c.Kind, c.Signature}, c.Command...) {
		_, _ = fmt.Fprintf(h, "%q\n", s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Write saves a case in dir, which it makes if need be, and returns the path. The file appears whole or not at all.
//
// If the directory already has a case of the same bucket, the smaller one stays: fewer steps, then fewer switches, then fewer faults; a
// case without steps counts as larger than any. Between equals the more certain replay stays, then the older file. A file that says
// "expect pass" always stays: it is a regression test, and it is failing now. In all these cases Write returns the path and no error.
//
// A file of that name which cannot be read, or which belongs to another bucket, is never touched: the case gets a name with more digits.
func Write(dir string, c *Case) (string, error) {
	data, err := Marshal(c)
	if err != nil {
		return "", fmt.Errorf("save case: %w", err)
	}
	for _, digits := range []int{4, 8, 16, 64} {
		path := filepath.Join(dir, c.fileName(digits))
		old, err := Load(path)
		switch {
		case err == nil && old.hash() == c.hash():
			if !c.replaces(old) {
				return path, nil
			}
		case !errors.Is(err, fs.ErrNotExist):
			continue
		}
		return path, save(path, data)
	}
	return "", fmt.Errorf("save case: all names of %s are taken", filepath.Join(dir, FileName(c)))
}

// replaces reports whether c should replace an older case of the same bucket.
func (c *Case) replaces(old *Case) bool {
	if old.Expect == ExpectPass {
		return false
	}
	a, b := c.size(), old.size()
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return c.Fidelity.Level.rank() > old.Fidelity.Level.rank()
}

// size measures a case for comparison: its steps, switches and faults. The first number says that there are no steps.
func (c *Case) size() [4]int {
	none := 0
	if len(c.Program) == 0 {
		none = 1
	}
	return [4]int{none, len(c.Program), len(c.Schedule), len(c.Faults)}
}

// Save writes a case to a path, whatever is there. The file appears whole or not at all.
func Save(path string, c *Case) error {
	data, err := Marshal(c)
	if err != nil {
		return fmt.Errorf("save case: %w", err)
	}
	return save(path, data)
}

// save replaces a file atomically: it writes another beside it, makes sure that it is on the disk, and renames it.
func save(path string, data []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save case: %w", err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".case-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Load reads a case from a file. Errors name the file; those about its content are of type *[Error].
func Load(path string) (*Case, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// An Entry is a case file that [Walk] found: its case, or the error why there is none.
type Entry struct {
	Path string
	Case *Case
	Err  error
}

// Walk yields the case files in dir and below it, in the order of their paths. A missing directory has none; what cannot be read is yielded
// with its error.
func Walk(dir string) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		// The function below returns no error but SkipAll, which WalkDir does not return.
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if !visit(dir, path, d, err, yield) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// visit yields the entry of one path, if it has one, and reports whether to go on.
func visit(dir, path string, d fs.DirEntry, err error, yield func(Entry) bool) bool {
	switch {
	case err != nil && path == dir && errors.Is(err, fs.ErrNotExist):
		return true
	case err != nil:
		return yield(Entry{Path: path, Err: err})
	case d.IsDir() || filepath.Ext(path) != Extension || strings.HasPrefix(d.Name(), "."):
		return true
	}
	c, err := Load(path)
	return yield(Entry{path, c, err})
}
