package harness_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/sim"
	"github.com/concurrency-god-mode/godmode/properties"
	"pgregory.net/rapid"
)

// teller is the smallest system of machines: a server that numbers the requests of its clients, each once.
type teller struct {
	*sim.Machine
	book
	flaw string
}

// book is what the teller has on disk: the last number, and who got which for which request.
type book struct {
	Last int
	Told map[string]told
}

type told struct{ ID, Number int }

// number asks for a number, or with Peek for the last one.
type number struct {
	ID   int
	Peek bool
}

func bootTeller(m *sim.Machine, flaw string) sim.Handler {
	t := &teller{Machine: m, book: sim.Load[book](m.Disk(), "book"), flaw: flaw}
	if t.Told == nil {
		t.Told = map[string]told{}
	}
	return t
}

func (t *teller) Receive(from string, msg any) {
	q := msg.(number)
	switch {
	case q.Peek:
		t.Send(from, told{q.ID, t.Last})
		return
	case t.flaw == "silent" && t.Last == 2:
		return
	case t.flaw == "busy" && t.Last == 2:
		t.After(time.Millisecond, "busy")
		return
	case t.flaw == "panics" && t.Last == 2:
		panic(fmt.Sprintf("number %d is too much", t.Last))
	case t.flaw == "spins" && t.Last == 2:
		for {
			t.Now()
		}
	}
	t.Send(from, t.next(from, q.ID))
}

// next numbers a request, unless it was numbered before, or a later one was: then this one is a copy that comes late, and nobody waits for an answer.
func (t *teller) next(from string, id int) told {
	if old, ok := t.Told[from]; ok && old.ID >= id && t.flaw != "twice" {
		return old
	}
	t.Last++
	t.Told[from] = told{id, t.Last}
	t.Disk().Put("book", t.book)
	if t.flaw != "forgets" {
		t.Disk().Sync()
	}
	return t.Told[from]
}

func (t *teller) Timer(name string) { t.After(time.Millisecond, name) }

// customer asks the teller.
type customer struct {
	*sim.Port
	id   int
	wait time.Duration
}

func (c *customer) ask(peek bool) int {
	c.id++
	for {
		c.Send("teller", number{c.id, peek})
		m, ok := c.Await(c.wait, func(m sim.Message) bool { return m.Body.(told).ID == c.id })
		if ok {
			return m.Body.(told).Number
		}
	}
}

func (c *customer) bump(int) properties.Tried {
	return properties.Tried{Value: c.ask(false), How: properties.Done}
}

func (c *customer) read() properties.Tried {
	return properties.Tried{Value: c.ask(true), How: properties.Done}
}

// tellerTarget declares it. The wait is the customers' patience.
func tellerTarget(wait time.Duration) *harness.Target {
	build := func(flaw string) func(*harness.Env) any {
		return func(env *harness.Env) any {
			return env.World().Machine("teller", func(m *sim.Machine) sim.Handler { return bootTeller(m, flaw) })
		}
	}
	t := &harness.Target{
		Name: "teller", Doc: "a server that gives out numbers", World: true, New: build(""),
		Client: func(env *harness.Env, _ any, id int) any {
			return &customer{Port: env.World().Port(fmt.Sprint("c", id)), wait: wait}
		},
		Operations: []harness.Operation{harness.Op("bump", rapid.Just(0), (*customer).bump), harness.Op0("read", (*customer).read).Observing()},
		Model:      properties.GuardedNumber(),
		Faults:     chaos.World(),
		Skip:       map[harness.Engine]string{harness.Race: "simulated"},
	}
	for _, flaw := range []string{"forgets", "twice", "silent", "busy", "panics", "spins"} {
		t.Bugs = append(t.Bugs, harness.Bug{Name: flaw, Doc: flaw, New: build(flaw), CaughtBy: []harness.Engine{harness.Chaos}})
	}
	return t
}

func TestWorldHolds(t *testing.T) {
	repeat.Once(t)
	for _, e := range []harness.Engine{harness.Check, harness.Stress, harness.Chaos} {
		r := drive(t, tellerTarget(50*time.Millisecond), e, harness.Config{Seed: 3, Iterations: 60, For: time.Minute})
		if r.Status != harness.Held || len(r.NotProved) == 0 || !strings.Contains(strings.Join(r.NotProved, " "), "simulated") {
			t.Errorf("%s: %v: %s; not proved: %v", e, r.Status, r.Reason, r.NotProved)
			for _, f := range r.Failures {
				t.Errorf("%s %v\n%s", f.Title(), f.FaultNames, f.Story())
			}
		}
	}
}

// TestWorldVerdicts: each way to fail is told from the others, under the engines that can see it, and is replayed before it is reported.
func TestWorldVerdicts(t *testing.T) {
	repeat.Once(t)
	all := []harness.Engine{harness.Check, harness.Stress, harness.Chaos}
	for _, c := range []struct {
		bug, kind, says string
		wait            time.Duration
		engines         []harness.Engine
	}{
		{"forgets", "linearizable", "crashes", 50 * time.Millisecond, all[2:]},
		{"twice", "linearizable", "", 50 * time.Millisecond, all[2:]},
		{"silent", "hang", "waits for a message to c", sim.Forever, all[:2]},
		{"silent", "recovery", "calm from here on", sim.Forever, all[2:]},
		{"silent", "no-progress", "waits for a message to c", 50 * time.Millisecond, all[1:2]},
		{"busy", "no-progress", "timer busy", sim.Forever, all[:1]},
		{"panics", "panic", "number 2 is too much", 50 * time.Millisecond, all},
		{"spins", "panic", "a step does not end", 50 * time.Millisecond, all},
	} {
		twin, ok := tellerTarget(c.wait).With(c.bug)
		if !ok {
			t.Fatal(c.bug)
		}
		if testing.Short() {
			c.engines = c.engines[len(c.engines)-1:]
		}
		for _, e := range c.engines {
			t.Run(fmt.Sprint(c.bug, "/", c.kind, "/", e), func(t *testing.T) {
				r := drive(t, twin, e, harness.Config{Seed: 1, Iterations: 500, For: time.Minute, Limit: 1})
				i := slices.IndexFunc(r.Failures, func(f *harness.Failure) bool { return f.Kind == c.kind })
				if i < 0 {
					t.Fatalf("not seen: %v %s %v", r.Status, r.Reason, r.Failures)
				}
				f := r.Failures[i]
				if !f.Exact || f.Reproduced != f.Replays || !strings.Contains(f.Evidence, c.says) {
					t.Errorf("%s; replayed %d of %d; no %q in\n%s", f.Title(), f.Reproduced, f.Replays, c.says, f.Story())
				}
				if e != harness.Chaos && len(f.Program) > 3 {
					t.Errorf("%d operations, want at most 3:\n%s", len(f.Program), f.Program)
				}
			})
		}
	}
}

// TestWorldCase writes a failure that needs a fault to a case and replays it, on the wrong twin and on the right one.
func TestWorldCase(t *testing.T) {
	repeat.Once(t)
	target := tellerTarget(50 * time.Millisecond)
	twin, _ := target.With("forgets")
	r := drive(t, twin, harness.Chaos, harness.Config{Seed: 1, Iterations: 500, For: time.Minute, Limit: 1})
	if len(r.Failures) == 0 {
		t.Fatal("not found")
	}
	f := r.Failures[0]
	f.Bug = "forgets"
	if !slices.Equal(f.FaultNames, []string{"crash"}) {
		t.Errorf("needed faults: %v, want the crash alone", f.FaultNames)
	}
	c := f.Case(casefile.Found{})
	c.Bug = "forgets"
	for i, want := range []bool{true, false} {
		again, err := harness.ReplayCase(context.Background(), target, c, harness.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if again.Reproduced != want {
			t.Errorf("replay %d: reproduced %v, %s", i, again.Reproduced, again.Diverged)
		}
		c.Bug = ""
	}
}

// TestWorldRepeats: the engine says the same for the same seed.
func TestWorldRepeats(t *testing.T) {
	repeat.Once(t)
	twin, _ := tellerTarget(50 * time.Millisecond).With("forgets")
	cfg := harness.Config{Seed: 9, Iterations: 200, For: time.Minute, Limit: 1, Clock: func() time.Duration { return 0 }}
	a, b := drive(t, twin, harness.Chaos, cfg), drive(t, twin, harness.Chaos, cfg)
	if as, bs := fmt.Sprintf("%+v", *a.Failures[0]), fmt.Sprintf("%+v", *b.Failures[0]); as != bs {
		t.Errorf("one run says\n%s\nand the next\n%s", as, bs)
	}
}

// TestWorldMustBeAFunctionOfItsSeed: a target that keeps something from run to run is refused, not passed.
func TestWorldMustBeAFunctionOfItsSeed(t *testing.T) {
	runs := 0
	target := tellerTarget(50 * time.Millisecond)
	honest := target.New
	target.New = func(env *harness.Env) any {
		runs++
		if runs%2 == 0 {
			env.World().Configure(sim.Config{MinDelay: time.Millisecond, MaxDelay: 3 * time.Millisecond})
		}
		return honest(env)
	}
	for _, e := range []harness.Engine{harness.Check, harness.Stress, harness.Chaos} {
		r := drive(t, target, e, harness.Config{Seed: 1, Iterations: 10})
		if r.Status != harness.Inconclusive || !strings.Contains(r.Reason, "not a function of its seed") {
			t.Errorf("%s: %v: %s", e, r.Status, r.Reason)
		}
	}
}

func TestValidateWorld(t *testing.T) {
	for want, spoil := range map[string]func(*harness.Target){
		"Client is nil":                 func(t *harness.Target) { t.Client = nil },
		"Skip has no reason":            func(t *harness.Target) { t.Skip = nil },
		"make both agree":               func(t *harness.Target) { t.New = func(*harness.Env) any { return t } },
		"World and Points are both set": func(t *harness.Target) { t.Points = true },
	} {
		target := tellerTarget(time.Second)
		target.Bugs = nil
		spoil(target)
		if err := target.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// TestAlways: an invariant that is to hold after every step is asked in the middle of a run, and ends it.
func TestAlways(t *testing.T) {
	target := tellerTarget(50 * time.Millisecond)
	target.Invariants = []harness.Invariant{{Name: "few", Doc: "the teller gives out two numbers", Always: true, Check: func(system any) error {
		if n := sim.Load[book](system.(*sim.Machine).Disk(), "book").Last; n > 2 {
			return fmt.Errorf("it gave out %d", n)
		}
		return nil
	}}}
	r := drive(t, target, harness.Check, harness.Config{Seed: 1, Iterations: 50})
	if r.Status != harness.Violated || r.Failures[0].Kind != "invariant" {
		t.Fatalf("%v %s", r.Status, r.Reason)
	}
	f := r.Failures[0]
	if len(f.Program) != 3 || !strings.Contains(f.Evidence, "it gave out 3") || strings.Contains(f.Evidence, "has bump() -> 3") {
		t.Errorf("the run was not ended where it broke:\n%s", f.Story())
	}
}
