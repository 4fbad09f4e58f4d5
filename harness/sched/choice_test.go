package sched_test

import (
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
	"pgregory.net/rapid"
)

// drained fails if the last of some full channels is emptied first, while somebody else makes choices too.
func drained(t *model.T) {
	var cases []model.Case
	for range 4 {
		c := model.NewChan[int](t, 1)
		c.Send(t, 1)
		cases = append(cases, c.ReceiveCase(nil, nil))
	}
	x := t.NewInt(0)
	h := t.Go("other", func(t *model.T) {
		for range 3 {
			x.Add(t, int64(t.Choose(3)))
		}
	})
	var order []int
	for range 4 {
		order = append(order, model.Select(t, cases...))
		x.Add(t, 1)
	}
	t.Join(h)
	t.Assert(order[0] != 3, "the last was first")
}

// follows executes under switches, and returns what came out, and what a recorder noted.
func follows(e *model.Engine, p model.Program, list []Switch) (model.Result, []Switch, []Divergence) {
	replay := NewReplay(list)
	r := e.Run(p, replay, 1)
	return r, slices.Clone(r.Switches), replay.Diverged()
}

// TestChoicesAreMinimised: of the many choices of a failing execution, the one that matters is left, and it replays.
func TestChoicesAreMinimised(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	e.Record(true)
	failures := 0
	for n := range 40 {
		r := e.Run(drained, NewPOS(), Seed(1, n))
		if r.Outcome != Failed {
			continue
		}
		failures++
		m := Minimise(slices.Clone(r.Switches), OneByOne(func(list []Switch) (bool, []Switch) {
			got, actual, _ := follows(e, drained, list)
			return got.Outcome == Failed, actual
		}), Budget{})
		if len(m.Switches) != 1 || !m.Minimal {
			t.Fatalf("%v is left, minimal %v", m.Switches, m.Minimal)
		}
		option, is := OptionOf(m.Switches[0].To)
		if !is || option != 3 || m.Switches[0].After != RootKey {
			t.Fatalf("%+v is left", m.Switches[0])
		}
	}
	if failures == 0 {
		t.Fatal("nothing failed")
	}
}

// TestChoicesAreReplayed: what is recorded of any execution is what a replay does and records again, and one without some of its choices makes the others.
func TestChoicesAreReplayed(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	e.Record(true)
	names := Names()
	rapid.Check(t, func(t *rapid.T) {
		s, _ := New(rapid.SampledFrom(names).Draw(t, "strategy"))
		r := e.Run(drained, s, rapid.Uint64().Draw(t, "seed"))
		trace, list := slices.Clone(r.Trace), slices.Clone(r.Switches)
		again, actual, diverged := follows(e, drained, list)
		if again.Outcome != r.Outcome || !slices.Equal(again.Trace, trace) || !slices.Equal(actual, list) || len(diverged) > 0 {
			t.Fatalf("replayed otherwise: %v", diverged)
		}
		at := slices.IndexFunc(list, func(s Switch) bool { _, is := OptionOf(s.To); return is && s.After != RootKey })
		if at < 0 {
			return
		}
		list = slices.Delete(list, at, at+1)
		if _, actual, diverged = follows(e, drained, list); !slices.Equal(actual, list) || len(diverged) > 0 {
			t.Fatalf("without choice %d: %v, not %v; %v", at, actual, list, diverged)
		}
	})
}

// TestChoicesDiverge: each way in which a choice cannot be followed has its reason. A choice comes before a switch of the same operation.
func TestChoicesDiverge(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	p := func(t *model.T) { t.Choose(2); t.Yield(); t.Choose(3) }
	for _, c := range []struct {
		s      Switch
		reason Reason
	}{
		{Switch{RootKey, 1, Option(1)}, 0},
		{Switch{RootKey, 3, Option(2)}, 0},
		{Switch{RootKey, 1, Option(2)}, UnknownOption},
		{Switch{RootKey, 2, Option(1)}, NoOptions},
		{Switch{RootKey, 9, Option(1)}, Unreached},
		{Switch{7, 1, Option(1)}, Unreached},
	} {
		r := NewReplay([]Switch{{RootKey, 1, 7}, c.s})
		e.Run(p, r, 1)
		got := r.Diverged()
		if got = got[1:]; c.reason == 0 && len(got) != 0 || c.reason != 0 && (len(got) != 1 || got[0].Reason != c.reason) {
			t.Errorf("%+v: %v", c.s, got)
		}
	}
	if i, is := OptionOf(Option(5)); i != 5 || !is {
		t.Error("an option is not one")
	}
	for _, key := range []uint64{RootKey, ClockKey, ChildKey(RootKey, 0), 0} {
		if _, is := OptionOf(key); is {
			t.Errorf("%x is an option", key)
		}
	}
}

// TestChoicesThatMoveAreNoticed: a program that does not choose the same the second time is not exhausted.
func TestChoicesThatMoveAreNoticed(t *testing.T) {
	for name, choose := range map[string]func(t *model.T, run int){
		"other options":  func(t *model.T, run int) { t.Choose(2 + run%2) },
		"choice appears": func(t *model.T, run int) { moving(t, run%2 == 0) },
		"choice is gone": func(t *model.T, run int) { moving(t, run%2 == 1) },
	} {
		for _, s := range []interface {
			Strategy
			Exhausted() bool
			Diverged() int
		}{NewDPOR(), NewPB(), NewDB()} {
			e, run := model.New(model.Limits{}), 0
			sum := e.ExploreAll(func(t *model.T) { run++; choose(t, run); t.Choose(2) }, s, 1, 100)
			e.Close()
			if s.Exhausted() || s.Diverged() == 0 || !sum.Exhausted {
				t.Errorf("%s, %T: exhausted %t, %d diverged in %d executions", name, s, s.Exhausted(), s.Diverged(), sum.Schedules)
			}
		}
	}
}

// moving selects among two channels, of which one or both are ready.
func moving(t *model.T, both bool) {
	a, b := model.NewChan[int](t, 1), model.NewChan[int](t, 1)
	a.Send(t, 1)
	if both {
		b.Send(t, 1)
	} else {
		a.Len(t)
	}
	model.Select(t, a.ReceiveCase(nil, nil), b.ReceiveCase(nil, nil))
}
