package live

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/owners"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// TestPrograms compares what is read of programs of every version and build with what their own runtime says, and with what their goroutines say they
// wait for.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	for _, toolchain := range toolchainNames() {
		for _, flags := range [][]string{nil, {"-ldflags=-s -w"}} {
			t.Run(fmt.Sprint(toolchain, flags), func(t *testing.T) { compare(t, start(t, build(t, toolchain, flags...))) })
		}
	}
	for _, flags := range [][]string{{"-buildmode=pie"}, {"-buildmode=pie", "-ldflags=-s -w"}, {"-gcflags=-N -l"}, {"-race"}, {"-trimpath", "-ldflags=-w"}} {
		t.Run(fmt.Sprint(flags), func(t *testing.T) { compare(t, start(t, build(t, "local", flags...))) })
	}
}

// compare compares what is read of a child with the truth, and asks whether it still works.
func compare(t *testing.T, c *child) {
	truth := c.truth()
	for _, stop := range []bool{false, true} {
		var st Stats
		d, err := Read(c.cmd.Process.Pid, Options{Stop: stop, Stats: &st})
		if err != nil {
			t.Fatal(err)
		}
		got := byID(d)
		if len(got) != len(truth) {
			t.Errorf("%d goroutines, the runtime says %d", len(got), len(truth))
		}
		for id, w := range truth {
			if g := got[id]; g == nil {
				t.Errorf("goroutine %d was not found", id)
			} else if id != 1 { // which answers questions
				same(t, g, w, c.wants[id].name)
				waits(t, g, c.wants[id])
			}
		}
	}
	if got := c.ask("work"); got != "4950" {
		t.Errorf("the child computes %s", got)
	}
	if got := c.ask("wake"); got != "awake" {
		t.Errorf("the child says %s", got)
	}
}

// counts are what some goroutines of the child wait for in its present state.
var counts = map[string]dump.Object{
	"receive": {}, "sendfull": {Count: 2, Cap: 2}, "waitgroup": {Count: 7}, "lockbehindreaders": {Count: 2}, "mutex0.0": {Count: 1 | 3<<3}, "rlock": {},
}

// TestState compares the state of objects, and how long goroutines have been blocked, with what is known about them.
func TestState(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	c := start(t, build(t, "local"))
	c.ask("gc") // which notes who is blocked
	d, err := Read(c.cmd.Process.Pid, Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, g := range d.Goroutines {
		want, ok := counts[c.wants[g.ID].name]
		if !ok {
			continue
		}
		seen++
		if o := g.Waits[0]; o.Count != want.Count || o.Cap != want.Cap || o.Closed {
			t.Errorf("%s: %+v, want %+v", c.wants[g.ID].name, o, want)
		}
		if g.Waited <= 0 || g.Waited > time.Hour || g.Minutes != int(g.Waited/time.Minute) {
			t.Errorf("%s: blocked for %v, %d minutes", c.wants[g.ID].name, g.Waited, g.Minutes)
		}
	}
	if seen != len(counts) || d.Go != strings.TrimPrefix(runtime.Version(), "go") {
		t.Errorf("%d of %d objects, Go %s", seen, len(counts), d.Go)
	}
}

// TestOwners reads a program that records owners, and compares what it finds in its memory with what the program prints.
func TestOwners(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	overlaid := func(flags ...string) string {
		path := filepath.Join(t.TempDir(), "parked")
		var out bytes.Buffer
		err := owners.Command{Flags: append(flags, "-o", path), Args: []string{"."}, Dir: filepath.Join("testdata", "parked"), Stderr: &out}.Run(t.Context())
		var unsupported *control.Unsupported
		if errors.As(err, &unsupported) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err, out.String())
		}
		return path
	}
	c := start(t, overlaid(), "owners")
	truth := c.truth()
	d, err := Read(c.cmd.Process.Pid, Options{})
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, g := range d.Goroutines {
		w := truth[g.ID]
		if got, want := owned(g.Waits), owned(w.Waits); g.ID != 1 && !slices.Equal(got, want) {
			t.Errorf("%s waits for %v, want %v", c.wants[g.ID].name, got, want)
		}
		if got, want := owned(g.Holds), owned(w.Holds); !slices.Equal(got, want) {
			t.Errorf("%s (%d) holds %v, want %v", c.wants[g.ID].name, g.ID, got, want)
		}
		known += len(g.Holds)
	}
	if known < 10 {
		t.Errorf("%d things are held", known)
	}
	if _, err := Read(start(t, overlaid("-ldflags=-s -w")).cmd.Process.Pid, Options{}); !errors.Is(err, ErrVersion) {
		t.Errorf("without debugging information: %v", err)
	}
}

// owned returns what a text says of locks.
func owned(all []dump.Object) []string {
	var texts []string
	for _, o := range all {
		if o.Kind != "fd" && o.Kind != "sema" {
			texts = append(texts, fmt.Sprintf("%s %#x %d %s", o.Kind, o.Addr, o.Owner, o.At))
		}
	}
	slices.Sort(texts)
	return texts
}

// same compares a goroutine with what the runtime says about it.
func same(t *testing.T, g, w *dump.Goroutine, name string) {
	t.Helper()
	if g.State != w.State || g.Flags != w.Flags&^dump.System || g.Parent != w.Parent {
		t.Errorf("%s: %q %b by %d, want %q %b by %d", name, g.State, g.Flags, g.Parent, w.State, w.Flags, w.Parent)
	}
	if !slices.Equal(g.Stack.Frames, w.Stack.Frames) || g.Stack.Creator != w.Stack.Creator {
		t.Errorf("%s: stack\n%v by %v, want\n%v by %v", name, g.Stack.Frames, g.Stack.Creator, w.Stack.Frames, w.Stack.Creator)
	}
	if !slices.Equal(g.Args, w.Args) {
		t.Errorf("%s: arguments %x, want %x", name, g.Args, w.Args)
	}
	for i := range w.Stack.Frames {
		if !slices.Equal(g.Shape.Words(i), w.Shape.Words(i)) {
			t.Errorf("%s: frame %d has arguments %v, want %v", name, i, g.Shape.Words(i), w.Shape.Words(i))
		}
	}
}

// waits compares what a goroutine waits for with what it has said itself.
func waits(t *testing.T, g *dump.Goroutine, w want) {
	t.Helper()
	var got []dump.Object
	for _, o := range g.Waits {
		got = append(got, dump.Object{Kind: o.Kind, Addr: o.Addr, Op: o.Op})
	}
	order := func(a, b dump.Object) int { return cmp.Or(cmp.Compare(a.Addr, b.Addr), cmp.Compare(a.Op, b.Op)) }
	slices.SortFunc(got, order)
	slices.SortFunc(w.objects, order)
	if !slices.Equal(got, w.objects) {
		t.Errorf("%s waits for %v, want %v", w.name, got, w.objects)
	}
}
