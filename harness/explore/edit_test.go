package explore

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// editedTest counts in two steps. It is the program of which a case is saved before it is edited.
const editedTest = `package count

import (
	"sync"
	"testing"
)

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *counter) set(v int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = v
}

func TestCount(t *testing.T) {
	c := &counter{}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			v := c.get()
			c.set(v + 1)
		})
	}
	all.Wait()
	if n := c.get(); n != 2 {
		t.Fatalf("counted %d", n)
	}
}
`

// edits are edits of editedTest, and how its case is reproduced after them.
var edits = map[string]struct {
	swap   []string // old and new texts
	manner Manner
	passes bool // the bug is repaired
}{
	"lines above and below": {swap: []string{"type counter", "// A counter counts.\n//\n// It does so slowly.\ntype counter", "func TestCount", "\nvar below = 1\n\nfunc TestCount"}},
	"functions added":       {swap: []string{"func (c *counter) get", "func (c *counter) zero() { c.mu.Lock(); c.n = 0; c.mu.Unlock() }\n\nfunc (c *counter) get", "func TestCount", "func TestOther(t *testing.T) {}\n\nfunc TestCount"}},
	"variables renamed":     {swap: []string{"c.n", "c.total", "\tn  int", "\ttotal int", "v :=", "seen :=", "v + 1", "seen + 1", "all", "both"}},
	"not formatted":         {swap: []string{"\t\t\tv := c.get()\n\t\t\tc.set(v + 1)\n", "v := c.get(); c.set( v+1 )\n", "\tdefer c.mu.Unlock()\n\treturn", "\n\n\tdefer  c.mu.Unlock() // always\n\n\treturn"}},
	"logs":                  {swap: []string{"\tc := &counter{}\n", "\tc := &counter{}\n\tt.Log(\"begins\")\n", "\tall.Wait()\n", "\tall.Wait()\n\tt.Log(\"has counted\")\n"}},
	"a lock in the test":    {swap: []string{"\tvar all", "\tvar mu sync.Mutex\n\tmu.Lock()\n\tmu.Unlock()\n\tvar all"}},
	"a goroutine in the test": {manner: Reanchored,
		swap: []string{"\tvar all", "\tready := make(chan bool)\n\tgo close(ready)\n\t<-ready\n\tvar all"}},
	"a lock before the switch": {manner: Reanchored,
		swap: []string{"\t\t\tv := c.get()", "\t\t\tvar own sync.Mutex\n\t\t\town.Lock()\n\t\t\town.Unlock()\n\t\t\tuse(&own)\n\t\t\tv := c.get()", "func TestCount", "var used *sync.Mutex\n\nfunc use(m *sync.Mutex) { used = m }\n\nfunc TestCount"}},
	"another call before the switch": {manner: Sought,
		swap: []string{"\t\t\tv := c.get()", "\t\t\t_ = c.get()\n\t\t\t_ = c.get()\n\t\t\tv := c.get()"}},
	"repaired": {passes: true, swap: []string{"\t\t\tv := c.get()\n\t\t\tc.set(v + 1)\n", "\t\t\tc.mu.Lock()\n\t\t\tc.n++\n\t\t\tc.mu.Unlock()\n"}},
}

// buildPlain builds the program for control.
func buildPlain(t *testing.T, test string) Package {
	t.Helper()
	return buildShape(t, shape{files: map[string]string{"go.mod": module("example.com/count"), "count_test.go": test}})[0]
}

// A case outlives edits of the file under test, and its replay says how it came to the failure.
func TestEdits(t *testing.T) {
	builds(t)
	config := Config{Packages: []Package{buildPlain(t, editedTest)}, Schedules: 200, Seed: 1, CaseDir: t.TempDir(), TempDir: t.TempDir(), Now: time.Now}
	var path string
	if _, err := Run(context.Background(), config, func(e report.Event) { path += e.Case }); err != nil || path == "" {
		t.Fatal(path, err)
	}
	c, err := casefile.Load(path)
	if err != nil || len(c.Schedule) == 0 || len(readAnchors(c)) != len(c.Schedule) {
		t.Fatalf("%+v, %v", c, err)
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			pkg := buildPlain(t, strings.NewReplacer(edit.swap...).Replace(editedTest))
			if pkg.BuildError != "" {
				t.Fatal(pkg.BuildError)
			}
			r, err := Again(context.Background(), Config{TempDir: t.TempDir(), Now: time.Now}, pkg, c)
			switch {
			case err != nil:
				t.Fatal(err)
			case r.Reproduced == edit.passes || r.Manner != edit.manner:
				t.Errorf("reproduced: %v, %s; diverged: %q, other: %s", r.Reproduced, r.How(), r.Diverged, r.Other)
			case edit.passes && r.Searched < searchSchedules:
				t.Errorf("%d schedules around it were tried", r.Searched)
			}
			t.Logf("%s; edited: %v, searched: %d, diverged: %q", r.How(), r.Edited, r.Searched, r.Diverged)
		})
	}
}

// builds skips a test that builds the standard library where tests are to be quick, where it has run before, and where nothing can be controlled.
func builds(t *testing.T) {
	t.Helper()
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	if tc, err := control.Detect(context.Background(), control.Config{}); err != nil || !tc.Runs() {
		t.Skip("programs cannot be controlled here: ", err)
	}
}
