package casefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFileName(t *testing.T) {
	for want, c := range map[string]*Case{
		`treiber-stack-aba-linearizable-[0-9a-f]{4}\.case`: full(),
		`TestQueue-spsc-deadlock-[0-9a-f]{4}\.case`:        {Package: "p", Test: "TestQueue/spsc", Kind: "deadlock"},
		`server-crash-[0-9a-f]{4}\.case`:                   {Command: []string{"/opt/bin/server", "-v"}, Kind: "crash"},
		`etc-passwd-x-[0-9a-f]{4}\.case`:                   {Target: "a/..etc passwd", Kind: "x"},
		`x{60}-k-[0-9a-f]{4}\.case`:                        {Target: strings.Repeat("x", 500), Kind: "k"},
	} {
		if got := FileName(c); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%s: want %s", got, want)
		}
	}
}

// TestBucket changes one field at a time: the name must follow what failed and how, and nothing else.
func TestBucket(t *testing.T) {
	for name, change := range map[string]func(*Case){
		"target":    func(c *Case) { c.Target = "other/treiber-stack" },
		"bug":       func(c *Case) { c.Bug = "" },
		"test":      func(c *Case) { c.Test = "TestOther" },
		"kind":      func(c *Case) { c.Kind = "leak" },
		"signature": func(c *Case) { c.Signature += "!" },
		"command":   func(c *Case) { c.Command = nil },
	} {
		c := full()
		if change(c); FileName(c) == FileName(full()) {
			t.Errorf("another %s, the same name %s", name, FileName(c))
		}
	}
	c := full()
	c.Engine, c.Message, c.Config, c.Program, c.Trace, c.Found = "stress", "other", nil, nil, "", Found{}
	if FileName(c) != FileName(full()) {
		t.Errorf("the same bucket, another name %s", FileName(c))
	}
}

// steps returns the full case with n steps and s switches, at a level.
func steps(n, s int, level Level) *Case {
	c := full()
	c.Program, c.Schedule, c.Fidelity = nil, nil, Fidelity{Level: level, Failed: 1, Runs: 1}
	for i := range n {
		c.Program = append(c.Program, Step{Client: i, Op: "push"})
	}
	for range s {
		c.Schedule = append(c.Schedule, Decision{"c0", 1, "x", "c1"})
	}
	return c
}

func TestWriteKeepsTheSmaller(t *testing.T) {
	passing := steps(9, 9, Exact)
	passing.Expect = ExpectPass
	for _, c := range []struct {
		name     string
		old, new *Case
		replaced bool
	}{
		{"same", steps(3, 2, Exact), steps(3, 2, Exact), false},
		{"larger", steps(3, 2, BestEffort), steps(4, 0, Exact), false},
		{"smaller", steps(3, 2, Exact), steps(2, 9, BestEffort), true},
		{"fewer switches", steps(3, 2, Exact), steps(3, 1, BestEffort), true},
		{"more switches", steps(3, 2, BestEffort), steps(3, 3, Exact), false},
		{"more certain", steps(3, 2, Statistical), steps(3, 2, Exact), true},
		{"less certain", steps(3, 2, Statistical), steps(3, 2, BestEffort), false},
		{"no program", steps(3, 2, BestEffort), steps(0, 0, Exact), false},
		{"a program at last", steps(0, 0, Exact), steps(30, 2, BestEffort), true},
		{"regression test", passing, steps(1, 0, Exact), false},
	} {
		dir := filepath.Join(t.TempDir(), "testdata", "cases")
		first, err := Write(dir, c.old)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Write(dir, c.new)
		if err != nil || second != first {
			t.Fatalf("%s: %s, %v; want %s", c.name, second, err, first)
		}
		want := c.old
		if c.replaced {
			want = c.new
		}
		data, err := os.ReadFile(first)
		if err != nil || string(data) != string(mustMarshal(t, want)) {
			t.Errorf("%s: the file holds (%v)\n%s", c.name, err, data)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
			t.Errorf("%s: %d files, %v; want one", c.name, len(files), err)
		}
	}
}

// TestWriteNeverHarmsAnother puts what is not the same bucket under the name of a case.
func TestWriteNeverHarmsAnother(t *testing.T) {
	other := full()
	other.Signature = "another mistake"
	for name, content := range map[string]string{
		"another bucket": string(mustMarshal(t, other)),
		"spoiled":        "harness case v1\nbug",
		"from later":     "harness case v2\nend\n",
		"empty":          "",
	} {
		dir := t.TempDir()
		taken := filepath.Join(dir, FileName(full()))
		if err := os.WriteFile(taken, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			path, err := Write(dir, full())
			if err != nil || path != filepath.Join(dir, full().fileName(8)) {
				t.Errorf("%s: %s, %v", name, path, err)
			}
		}
		if data, err := os.ReadFile(taken); err != nil || string(data) != content {
			t.Errorf("%s: now it is %q, %v", name, data, err)
		}
	}
}

func TestWriteFails(t *testing.T) {
	if _, err := Write(t.TempDir(), &Case{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("an invalid case: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if path, err := Write(file, full()); err == nil {
		t.Errorf("written to %s below a file", path)
	}
	dir := t.TempDir()
	for _, digits := range []int{4, 8, 16, 64} {
		if err := os.Mkdir(filepath.Join(dir, full().fileName(digits)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if path, err := Write(dir, full()); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("all names are directories: %s, %v", path, err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.case")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("a directory was read")
	}
	big := filepath.Join(dir, "big.case")
	if err := os.WriteFile(big, append(mustMarshal(t, full()), make([]byte, 1<<20)...), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(big); !errors.Is(err, ErrTooBig) || !strings.Contains(err.Error(), big) {
		t.Errorf("a big file: %v", err)
	}
}

func TestWalk(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for _, sub := range []string{"a", "b/c", "d"} {
		path, err := Write(filepath.Join(dir, sub), full())
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, path)
	}
	want = append(want, filepath.Join(dir, "z.case"))
	for name, data := range map[string]string{"z.case": "spoiled", "README.md": "# cases", ".case-123.case": "half"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for e := range Walk(dir) {
		got = append(got, e.Path)
		if spoiled := filepath.Base(e.Path) == "z.case"; (e.Err != nil) != spoiled || (e.Case == nil) != spoiled {
			t.Errorf("%s: %v, %v", e.Path, e.Case, e.Err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for e := range Walk(filepath.Join(dir, "nowhere")) {
		t.Errorf("a missing directory has %v", e)
	}
	n := 0
	for range Walk(dir) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d entries before the break", n)
	}
}

func TestHere(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	got := Here(now)
	if got.Time != time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC) || got.Go != runtime.Version() || got.CPUs < 1 || got.GOMAXPROCS < 1 {
		t.Errorf("got %+v", got)
	}
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}}
	for want, ok := range map[string]bool{"abc+dirty": true, "": false} {
		if got := commit(info, ok); got != want {
			t.Errorf("commit %q, want %q", got, want)
		}
	}
	if got := commit(&debug.BuildInfo{}, true); got != "" {
		t.Errorf("commit %q of nothing", got)
	}
}
