package harness_test

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/properties"
)

// failureOf runs a seeded bug until it is caught.
func failureOf(t *testing.T, target *harness.Target, bug string, e harness.Engine) *harness.Failure {
	t.Helper()
	twin, ok := target.With(bug)
	if !ok {
		t.Fatalf("no bug %s", bug)
	}
	r := drive(t, twin, e, harness.Config{Seed: 1, Iterations: 20_000, For: time.Minute, Limit: 1})
	if len(r.Failures) == 0 {
		t.Fatalf("%s not caught by %s: %+v", bug, e, r)
	}
	r.Failures[0].Bug = bug
	return r.Failures[0]
}

// stored writes a case to text and reads it back, as another machine would.
func stored(t *testing.T, f *harness.Failure) *casefile.Case {
	t.Helper()
	data, err := casefile.Marshal(f.Case(casefile.Here(time.Unix(0, 0))))
	if err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Parse(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return c
}

// replayed runs a case again.
func replayed(t *testing.T, target *harness.Target, c *casefile.Case) *harness.Replay {
	t.Helper()
	r, err := harness.ReplayCase(t.Context(), target, c, harness.Config{For: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A failure of check or stress becomes an exact case where the target passes points, which replays in one run and not on the correct twin.
func TestCaseOfPoints(t *testing.T) {
	repeat.Once(t)
	for _, e := range []harness.Engine{harness.Check, harness.Stress} {
		f := failureOf(t, counterTarget(), "lost-update", e)
		c := stored(t, f)
		if c.Fidelity.Level != casefile.Exact || len(c.Program) != 3 || len(c.Schedule) != 1 {
			t.Errorf("%s: not exact and minimal: %v, %d steps, %d switches", e, c.Fidelity, len(c.Program), len(c.Schedule))
		}
		if r := replayed(t, counterTarget(), c); !r.Reproduced || r.Runs != 1 {
			t.Errorf("%s: not reproduced: %+v", e, r)
		}
		c.Bug = ""
		if r := replayed(t, counterTarget(), c); r.Reproduced || r.Diverged == "" {
			t.Errorf("%s: the correct twin is said to fail, or nothing is said: %+v", e, r)
		}
	}
}

// blind is a counter that passes no points: nothing controls its schedule.
type blind struct {
	n    atomic.Int64
	lost bool
}

func (c *blind) add(d int) {
	if !c.lost {
		c.n.Add(int64(d))
		return
	}
	v := c.n.Load()
	runtime.Gosched()
	c.n.Store(v + int64(d))
}

func blindTarget() *harness.Target {
	return &harness.Target{
		Name: "blind", Doc: "a counter that passes no points", Model: properties.Counter(),
		New: func(*harness.Env) any { return &blind{} },
		Operations: []harness.Operation{
			harness.OpDo("add", nil, (*blind).add),
			harness.Op0("sum", func(c *blind) int { return int(c.n.Load()) }).Observing(),
		},
		Bugs: []harness.Bug{{Name: "lost", Doc: "loads and stores", CaughtBy: []harness.Engine{harness.Stress},
			New: func(*harness.Env) any { return &blind{lost: true} }}},
	}
}

// Without points a failure is statistical: smaller than it was found, with a measured probability, and repeated until it shows.
func TestCaseByRepetition(t *testing.T) {
	f := failureOf(t, blindTarget(), "lost", harness.Stress)
	c := stored(t, f)
	if c.Fidelity.Level != casefile.Statistical || c.Fidelity.Failed == 0 {
		t.Errorf("fidelity %v, want a measured probability", c.Fidelity)
	}
	if len(f.Program) >= f.Operations {
		t.Errorf("%d operations as found, %d as saved: not minimised", f.Operations, len(f.Program))
	}
	if r := replayed(t, blindTarget(), c); !r.Reproduced {
		t.Errorf("not reproduced: %+v", r)
	}
	c.Bug = ""
	r, err := harness.ReplayCase(t.Context(), blindTarget(), c, harness.Config{Iterations: 50})
	if err != nil || r.Reproduced || r.Runs != 50 {
		t.Errorf("the correct twin: %+v, %v", r, err)
	}
}

// A case that does not fit its target any more is an error that says why, never an answer.
func TestCaseThatDoesNotFit(t *testing.T) {
	good := func() *casefile.Case {
		return &casefile.Case{Target: "counter", Engine: "check", Program: []casefile.Step{{Op: "add", Arg: "1"}, {Client: 1, Op: "sum"}},
			Fidelity: casefile.Fidelity{Level: casefile.Exact}}
	}
	for _, c := range []struct {
		change func(*casefile.Case)
		want   string
	}{
		{func(c *casefile.Case) { c.Bug = "gone" }, `no bug "gone"`},
		{func(c *casefile.Case) { c.Program = nil }, "no steps"},
		{func(c *casefile.Case) { c.Program[0].Op = "increment" }, `no operation "increment"`},
		{func(c *casefile.Case) { c.Program[0].Arg = `"x"` }, "is not a int"},
		{func(c *casefile.Case) { c.Program[0].Client = 1 << 20 }, "may not call"},
		{func(c *casefile.Case) { c.Config.Set("seed", "x") }, "config seed"},
		{func(c *casefile.Case) { c.Config.Set("faults", "flood") }, `no fault "flood"`},
		{func(c *casefile.Case) { c.Schedule = []casefile.Decision{{Goroutine: "c0", Next: "c7"}} }, "has no steps"},
		{func(c *casefile.Case) { c.Schedule = []casefile.Decision{{Goroutine: "x", Next: "c0"}} }, "want a client"},
	} {
		bad := good()
		c.change(bad)
		_, err := harness.ReplayCase(t.Context(), counterTarget(), bad, harness.Config{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one about %q", err, c.want)
		}
	}
	if _, err := harness.ReplayCase(t.Context(), counterTarget(), good(), harness.Config{}); err != nil {
		t.Errorf("the good case: %v", err)
	}
}

// What a case requires and is not here is named.
func TestMissing(t *testing.T) {
	here := casefile.Here(time.Time{})
	c := &casefile.Case{Requires: []string{runtime.GOOS, "quantum"}}
	if got := harness.Missing(c); got != "quantum" {
		t.Errorf("missing %q, want quantum", got)
	}
	c.Requires = []string{"race"}
	if got := harness.Missing(c); (got == "") != here.Race {
		t.Errorf("missing %q with the race detector %v", got, here.Race)
	}
}

// The program of a history is a function of the seed and its number.
func TestHistoryProgram(t *testing.T) {
	cfg := harness.Config{Seed: 7}
	p, seed := harness.HistoryProgram(counterTarget(), cfg, 3)
	q, again := harness.HistoryProgram(counterTarget(), cfg, 3)
	if p.String() != q.String() || seed != again {
		t.Errorf("two programs for one history:\n%s%s", p, q)
	}
	if r, _ := harness.HistoryProgram(counterTarget(), cfg, 4); r.String() == p.String() {
		t.Errorf("one program for two histories:\n%s", p)
	}
}
