package control

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// ownCache gives this test a cache of its own and returns where it is.
func ownCache(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // whichever os.UserCacheDir asks
		t.Setenv(name, dir)
	}
	cache, err := cacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return cache
}

// fakeStd is a toolchain whose std has one file.
func fakeStd(t *testing.T) Toolchain {
	t.Helper()
	root := t.TempDir()
	if err := writeFile(filepath.Join(root, "src", "p", "p.go"), []byte(goSource)); err != nil {
		t.Fatal(err)
	}
	return Toolchain{Root: root, Version: "go1.26.1", Minor: "go1.26"}
}

// fakeSources are changes of fakeStd.
func fakeSources() Sources {
	return Sources{Std: fstest.MapFS{
		"edits/e.edit":          {Data: []byte("file p/p.go\nfunc plain\n" + block("after", "\tx := 1", "\tf()"))},
		"add/p/more.go.txt":     {Data: []byte("package p\n\nfunc f() {}\n")},
		"add/p/old.go.txt":      {Data: []byte("//godmode:versions go1.25\npackage p\n")},
		"add/new/q/q_x.go.txt":  {Data: []byte("//godmode:versions go1.25 go1.26\npackage q\n")},
		"add/README":            {Data: []byte("not added")},
		"digests/go1.26.txt":    {Data: []byte("")},
		"digests/go1.27.txt":    {Data: []byte("p/p.go func plain 0")},
		"edits/nothing.edit.md": {Data: []byte("not an edit")},
	}}
}

func TestPrepare(t *testing.T) {
	cache, tc := ownCache(t), fakeStd(t)
	s := checked(t, fakeSources(), tc)
	file, err := Prepare(context.Background(), tc, s)
	if err != nil {
		t.Fatal(err)
	}
	o, err := readOverlay(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"p/p.go": "\tx := 1\n\tf()\n", "p/more.go": "func f() {}", "new/q/q_x.go": "package q"}
	for name, text := range want {
		content, err := os.ReadFile(o.Replace[filepath.Join(tc.Root, "src", filepath.FromSlash(name))])
		if err != nil || !strings.Contains(string(content), text) {
			t.Errorf("%s: %v, %s", name, err, content)
		}
	}
	if len(o.Replace) != len(want) {
		t.Errorf("replaced %v", o.Replace)
	}
	list, err := os.ReadDir(cache)
	if err != nil || len(list) != 1 {
		t.Errorf("the cache holds %v, %v", list, err)
	}
}

// TestPrepareAgain: what is in the cache is used, unless somebody has damaged it. Every change gives another name.
func TestPrepareAgain(t *testing.T) {
	ownCache(t)
	tc := fakeStd(t)
	s := checked(t, fakeSources(), tc)
	prepare := func() string {
		t.Helper()
		file, err := Prepare(context.Background(), tc, s)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := prepare()
	before, _ := os.Stat(first)
	if again := prepare(); again != first {
		t.Errorf("%s and then %s", first, again)
	} else if after, _ := os.Stat(again); !os.SameFile(before, after) {
		t.Error("written twice")
	}
	for _, damage := range []func(name string) error{os.Remove, func(name string) error { return os.WriteFile(name, []byte("package p"), 0o600) }} {
		copied := filepath.Join(filepath.Dir(first), "p", "p.go")
		if err := damage(copied); err != nil {
			t.Fatal(err)
		}
		content, _ := os.ReadFile(filepath.Join(filepath.Dir(prepare()), "p", "p.go"))
		if !strings.Contains(string(content), "\tf()\n") {
			t.Errorf("damage was not mended: %s", content)
		}
	}
	s.Std.(fstest.MapFS)["add/p/more.go.txt"].Data = []byte("package p\n\nfunc f() { }\n")
	if other := prepare(); other == first {
		t.Error("another text, and the same name")
	}
}

func TestPrepareTogether(t *testing.T) {
	cache, tc := ownCache(t), fakeStd(t)
	s := checked(t, fakeSources(), tc)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if file, err := Prepare(context.Background(), tc, s); err != nil || !intact(filepath.Dir(file)) {
				t.Error(file, err)
			}
		})
	}
	all.Wait()
	if list, err := os.ReadDir(cache); err != nil || len(list) != 1 {
		t.Errorf("the cache holds %v, %v", list, err)
	}
}

// TestPrepareRefuses: it fails closed, with all that differs.
func TestPrepareRefuses(t *testing.T) {
	ownCache(t)
	for name, c := range map[string]struct {
		change func(tc *Toolchain, std fstest.MapFS)
		want   string
	}{
		"nothing checked": {func(_ *Toolchain, std fstest.MapFS) { delete(std, "digests/go1.26.txt") }, "p/p.go func plain of go1.26.1 differs from what was checked"},
		"another text": {func(tc *Toolchain, _ fstest.MapFS) {
			os.WriteFile(filepath.Join(tc.Root, "src", "p", "p.go"), []byte(strings.Replace(goSource, "_ = x", "_ = -x", 1)), 0o600)
		}, "p/p.go func plain of go1.26.1 differs from what was checked"},
		"another minor version": {func(tc *Toolchain, _ fstest.MapFS) { tc.Minor, tc.Version = "go1.27", "go1.27.1" }, "p/p.go func plain of go1.27.1 differs"},
		"no anchor":             {func(_ *Toolchain, std fstest.MapFS) { swap(std, "edits/e.edit", "x := 1", "y := 1") }, `e.edit:3: p/p.go, func plain: the anchor stands 0 times, looked for "\ty := 1"`},
		"no function":           {func(_ *Toolchain, std fstest.MapFS) { swap(std, "edits/e.edit", "func plain", "func gone") }, `"func gone"`},
		"no file":               {func(_ *Toolchain, std fstest.MapFS) { swap(std, "edits/e.edit", "p/p.go", "p/gone.go") }, "e.edit:3: there is no such file"},
		"broken text":           {func(_ *Toolchain, std fstest.MapFS) { swap(std, "edits/e.edit", "\tf()", "\tf(") }, "p/p.go:22: expected"},
		"added over a file":     {func(_ *Toolchain, std fstest.MapFS) { std["add/p/p.go.txt"] = std["add/p/more.go.txt"] }, "p/p.go is to be added, and is there"},
		"unreadable std": {func(tc *Toolchain, _ fstest.MapFS) {
			os.WriteFile(filepath.Join(tc.Root, "src", "p", "p.go"), []byte("package"), 0o600)
		}, "the standard library cannot be read"},
	} {
		tc := fakeStd(t)
		s := checked(t, fakeSources(), tc)
		c.change(&tc, s.Std.(fstest.MapFS))
		file, err := Prepare(context.Background(), tc, s)
		var u *Unsupported
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s, %v; want %s", name, file, err, c.want)
		}
	}
}

// swap replaces a text in a file.
func swap(std fstest.MapFS, name, old, new string) {
	std[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(std[name].Data), old, new, 1))}
}

// TestPrepareBreaks: what is wrong with the edits themselves, or with the machine, is not called unsupported.
func TestPrepareBreaks(t *testing.T) {
	cache, tc := ownCache(t), fakeStd(t)
	broken := fakeSources()
	swap(broken.Std.(fstest.MapFS), "edits/e.edit", ">>>", "")
	twice := checked(t, fakeSources(), tc)
	twice.Packages = map[string]fs.FS{"p": fstest.MapFS{"more.go": {Data: []byte("package p\n")}}}
	full := checked(t, fakeSources(), tc)
	if err := writeFile(cache, []byte("in the way")); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]Sources{"e.edit:3: >>> is missing": broken, "p/more.go is added twice": twice, "writing the changed standard library": full} {
		_, err := Prepare(context.Background(), tc, s)
		var u *Unsupported
		if err == nil || errors.As(err, &u) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Prepare(cancelled, tc, full); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestPackagesAreAdded: the source of the scheduler is added without its tests, and imports nothing of the module.
func TestPackagesAreAdded(t *testing.T) {
	list, err := DefaultSources().additions("go1.26")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range list {
		names = append(names, a.name)
		if strings.Contains(a.text, `"`+module) || strings.HasSuffix(a.name, "_test.go") {
			t.Errorf("%s does not belong into std", a.name)
		}
	}
	for _, want := range []string{"godmode/sched/exec.go", "sync/atomic/godmode.go"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is missing from %q", want, names)
		}
	}
	if slices.Contains(names, "godmode/sched/embed.go") {
		t.Error("embed.go was added")
	}
}
