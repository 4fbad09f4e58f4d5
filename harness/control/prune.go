package control

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Each change of the edits, and each version of Go, makes another copy of the changed files of std in the cache, of about a megabyte. The last few of each
// toolchain are kept: there are two kinds of them, see FastRace.
const (
	keptEntries = 6
	// usedFor is how long an entry is left alone after a build has begun with it, however many there are.
	usedFor = time.Hour
	// usedName is a file in each entry: its content is the toolchain, its time that of the last use, and who builds with the entry has locked it.
	usedName = "used"
)

// unfinished begins the name of a directory that is being written, and doomed that of one that is being removed.
const (
	unfinished = "new-"
	doomed     = "old-"
)

// An entry is a directory of the cache.
type entry struct {
	dir, toolchain string
	used           time.Time
}

// use notes that a build with an entry begins. A cache that cannot be written is used as it is.
func use(dir string, t Toolchain) {
	_ = os.WriteFile(filepath.Join(dir, usedName), []byte(t.Version+" "+t.Root+"\n"), 0o644)
}

// hold keeps others from removing the entry that an overlay is in, until the function that it returns is called.
func hold(overlayFile string) (release func()) {
	release, _ = lock(filepath.Join(filepath.Dir(overlayFile), usedName), false)
	return release
}

// prune removes what is old in the cache, after an entry was added to it. What cannot be removed stays: the cache is as good as before.
func prune(cache, added string) {
	now, ok := modified(filepath.Join(added, usedName))
	if !ok {
		return
	}
	list, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	var entries []entry
	for _, d := range list {
		dir := filepath.Join(cache, d.Name())
		switch at, ok := modified(dir); {
		case !ok:
		case d.Type()&fs.ModeSymlink != 0:
			if _, err := os.Stat(dir); os.IsNotExist(err) { // a toolchain that has gone
				_ = os.Remove(dir)
			}
		case strings.HasPrefix(d.Name(), unfinished), strings.HasPrefix(d.Name(), doomed):
			if now.Sub(at) > usedFor {
				_ = os.RemoveAll(dir)
			}
		case isEntry(dir):
			entries = append(entries, read(dir))
		}
	}
	for _, e := range surplus(entries, now) {
		remove(cache, e.dir)
	}
}

// isEntry reports whether a directory is one that this package has written: others may use the same place.
func isEntry(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, manifestName))
	return err == nil
}

// read returns what is known of an entry. One of an earlier version was used when it was written, by nobody knows what.
func read(dir string) entry {
	e := entry{dir: dir}
	name := filepath.Join(dir, usedName)
	if text, err := os.ReadFile(name); err == nil {
		e.toolchain = string(text)
	} else {
		name = filepath.Join(dir, manifestName)
	}
	e.used, _ = modified(name)
	return e
}

// surplus returns the entries that have not been used for a while and are not among the last of their toolchain.
func surplus(entries []entry, now time.Time) (old []entry) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.dir, b.dir)) })
	kept := map[string]int{}
	for _, e := range entries {
		if kept[e.toolchain]++; kept[e.toolchain] > keptEntries && now.Sub(e.used) > usedFor {
			old = append(old, e)
		}
	}
	return old
}

// remove removes an entry, unless somebody builds with it. It gets another name first, so that nobody finds half of it.
func remove(cache, dir string) {
	if release, ok := lock(filepath.Join(dir, usedName), true); ok {
		defer release()
		gone := filepath.Join(cache, doomed+filepath.Base(dir))
		if os.Rename(dir, gone) == nil {
			_ = os.RemoveAll(gone)
		}
	}
}

// modified returns when a file was last written.
func modified(name string) (time.Time, bool) {
	info, err := os.Lstat(name)
	if err != nil {
		return time.Time{}, false
	}
	return info.ModTime(), true
}
