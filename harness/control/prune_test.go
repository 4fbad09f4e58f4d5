package control

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// aged makes an entry of the cache look as if it had last been used a while ago.
func aged(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	name := filepath.Join(dir, usedName)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	at := info.ModTime().Add(-by)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

// TestPrune: the cache keeps the last entries of each toolchain, what is in use, and what is not ours.
func TestPrune(t *testing.T) {
	cache, tc := ownCache(t), fakeStd(t)
	s := checked(t, fakeSources(), tc)
	version := 0
	prepare := func(age time.Duration) string {
		t.Helper()
		version++
		s.Std.(fstest.MapFS)["add/p/more.go.txt"] = &fstest.MapFile{Data: fmt.Appendf(nil, "package p\n\nfunc f() {} // %d\n", version)}
		file, err := Prepare(context.Background(), tc, s)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(file)
		aged(t, dir, age)
		return dir
	}
	other := filepath.Join(cache, "of somebody else")
	stale := filepath.Join(cache, unfinished+"stale")
	if err := writeFile(filepath.Join(other, "file"), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	before := time.Unix(1e9, 0)
	if err := os.Chtimes(stale, before, before); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(cache, "no toolchain"), filepath.Join(cache, "goroot-gone")); err != nil {
		t.Skip(err)
	}
	oldest, locked, old, recent := prepare(9*time.Hour), prepare(8*time.Hour), prepare(7*time.Hour), prepare(time.Minute)
	more := []string{prepare(0), prepare(0)}
	release, ok := lock(filepath.Join(locked, usedName), false)
	if !ok {
		t.Fatal("an entry cannot be locked")
	}
	want := append(more, other, locked, old, recent, prepare(0), prepare(0))
	got := listing(t, cache)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("the cache holds %q, want %q; the oldest is %s", got, want, oldest)
	}
	release()
	prepare(0)
	if got := listing(t, cache); slices.Contains(got, locked) || slices.Contains(got, old) || !slices.Contains(got, recent) {
		t.Errorf("after the lock was released: %q", got)
	}
}

// listing returns what is in a directory, in order.
func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		names = append(names, filepath.Join(dir, d.Name()))
	}
	slices.Sort(names)
	return names
}

// TestSurplus: an entry goes only if it is neither among the last of its toolchain nor in use.
func TestSurplus(t *testing.T) {
	now := time.Unix(1e9, 0)
	at := func(dir, toolchain string, ago time.Duration) entry { return entry{dir, toolchain, now.Add(-ago)} }
	var list []entry
	for i := range 8 {
		list = append(list, at(fmt.Sprint("a", i), "go1.26", time.Duration(i)*40*time.Minute), at(fmt.Sprint("b", i), "go1.27", time.Duration(i)*time.Minute))
	}
	var got []string
	for _, e := range surplus(append(list, at("c", "", 1000*time.Hour)), now) {
		got = append(got, e.dir)
	}
	if want := []string{"a6", "a7"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
