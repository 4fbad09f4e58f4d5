package explore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// landscapeText is a source with a statement a line.
const landscapeText = "package m\nfunc Test() {\nmu.Lock()\ngo func() {\nmu.Lock()\nmu.Unlock()\n}()\nmu.Unlock()\nmu.Lock()\n}\n"

// recorded returns an execution of that source: the test locks, starts a goroutine with a key, unlocks and locks again; the goroutine locks and unlocks.
func recorded(t *testing.T, text, closure, key string, extra ...explain.Step) *explain.Execution {
	t.Helper()
	file := filepath.Join(t.TempDir(), "m.go")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	step := func(thread int, kind, function string, line int) explain.Step {
		return explain.Step{Thread: thread, Kind: kind, Site: explain.Site{Func: function, File: file, Line: line}}
	}
	x := &explain.Execution{Threads: []explain.Thread{{ID: 0, Parent: -1, Key: "a1", Func: "m.Test"}, {ID: 2, Key: key, Func: "m.Test." + closure, Site: explain.Site{Func: "m.Test"}}}}
	x.Steps = append(extra, step(0, "Lock", "m.Test", 3), step(0, "Go", "m.Test", 4), step(0, "Unlock", "m.Test", 8), step(2, "Lock", "m.Test."+closure, 5),
		step(2, "Unlock", "m.Test."+closure, 6), step(0, "Lock", "m.Test", 9))
	return x
}

// Switches are found again where their operations went, also after others were put in front, goroutines have other keys, and closures other numbers.
func TestAnchors(t *testing.T) {
	switches := []sched.Switch{{After: 0xa1, Nth: 3, To: 0xb1}, {After: 0xb1, Nth: 1, To: 0xa1}, {After: 0xb1, Nth: 2, To: sched.ClockKey}, {After: 0xa1, Nth: 4, To: sched.Option(1)}}
	all := anchors(switches, recorded(t, landscapeText, "func1", "b1"))
	var c casefile.Case
	writeAnchors(&c.Config, all)
	if got := readAnchors(&c); !slices.Equal(got, all) || len(all) != len(switches) {
		t.Fatalf("%+v was read as %+v", all, got)
	}
	extra := []explain.Step{{Thread: 0, Kind: "Lock", Site: explain.Site{Func: "m.other"}}, {Thread: 0, Kind: "Unlock", Site: explain.Site{Func: "m.Test"}}}
	want := []sched.Switch{{After: 0xa1, Nth: 5, To: 0xb2}, {After: 0xb2, Nth: 1, To: 0xa1}, {After: 0xb2, Nth: 2, To: sched.ClockKey}, {After: 0xa1, Nth: 6, To: sched.Option(1)}}
	for name, c := range map[string]struct {
		how reading
		x   *explain.Execution
	}{
		"by text":         {reading{byText: true}, recorded(t, landscapeText, "func1", "b2", extra...)},
		"another closure": {reading{loose: true, byText: true}, recorded(t, landscapeText, "func2", "b2", extra...)},
		"renamed":         {reading{}, recorded(t, strings.ReplaceAll(landscapeText, "mu", "lock"), "func1", "b2", extra[0], explain.Step{Kind: "Read", Site: explain.Site{Func: "m.Test"}})},
	} {
		if got := c.how.resolve(switches, all, c.x); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := (reading{}).resolve(switches, all, &explain.Execution{}); !slices.Equal(got, switches) {
		t.Errorf("where nothing is found, it became %v", got)
	}
	if text := movedText(switches[:2], want[:2]); text != "switch 1 of 2 is after operation 5, not 3, switch 2 of 2 is of other goroutines, which came to be in the same way" {
		t.Error(text)
	}
}

// A setting that looks like an anchor and is none harms nothing.
func TestAnchorsOddly(t *testing.T) {
	c := &casefile.Case{Config: casefile.Pairs{{Key: "anchor0", Value: "{"}, {Key: "anchor1", Value: `{"switch":9}`}, {Key: "seed", Value: "1"}}}
	all := readAnchors(c)
	if got := readings[0].resolve([]sched.Switch{a}, all, &explain.Execution{}); len(all) != 1 || !slices.Equal(got, []sched.Switch{a}) {
		t.Errorf("%+v: %v", all, got)
	}
}

func TestNeighbours(t *testing.T) {
	got := neighbours([]sched.Switch{{After: 1, Nth: 2, To: 3}})
	var at []int
	for _, list := range got {
		at = append(at, list[0].Nth)
	}
	if want := []int{3, 1, 4, 5}; !slices.Equal(at, want) {
		t.Errorf("%v, want %v", at, want)
	}
}
