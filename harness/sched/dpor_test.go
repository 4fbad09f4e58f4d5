package sched_test

import (
	"fmt"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// crowd starts threads that do the same, and waits for them.
func crowd(threads int, work func(t *model.T, x *model.Int, m *model.Mutex)) model.Program {
	handles := make([]*model.Thread, threads)
	return func(t *model.T) {
		x, m := t.NewInt(0), t.NewMutex()
		each := func(t *model.T) { work(t, x, m) }
		for i := range handles {
			handles[i] = t.Go("worker", each)
		}
		for _, h := range handles {
			t.Join(h)
		}
	}
}

// counter is threads that add to one word a few times each.
func counter(threads, times int) model.Program {
	return crowd(threads, func(t *model.T, x *model.Int, m *model.Mutex) {
		for range times {
			x.Add(t, 1)
		}
	})
}

// sections is threads that take one lock a few times each.
func sections(threads, times int) model.Program {
	return crowd(threads, func(t *model.T, x *model.Int, m *model.Mutex) {
		for range times {
			m.Lock(t)
			m.Unlock(t)
		}
	})
}

// reduce explores a program to the end.
func reduce(tb testing.TB, p model.Program, limit int) (*DPOR, model.Summary) {
	e := model.New(model.Limits{Steps: limit})
	defer e.Close()
	d := NewDPOR()
	return d, e.ExploreAll(p, d, 1, 100_000)
}

// TestOneExecutionForEachOrder counts: the orders of n threads with k operations each that all depend on each other are (nk)!/(k!)^n.
func TestOneExecutionForEachOrder(t *testing.T) {
	for _, c := range []struct{ threads, times, want int }{{2, 2, 6}, {2, 3, 20}, {3, 2, 90}, {3, 3, 1680}, {4, 2, 2520}, {70, 0, 1}} {
		for name, p := range map[string]model.Program{"counter": counter(c.threads, c.times), "mutex": sections(c.threads, c.times)} {
			d, sum := reduce(t, p, 0)
			if d.Traces() != c.want || d.Blocked() != 0 || sum.Schedules != c.want || !d.Exhausted() || !sum.Exhausted {
				t.Errorf("%s %dx%d: %d traces and %d given up in %d executions, exhausted %t; want %d",
					name, c.threads, c.times, d.Traces(), d.Blocked(), sum.Schedules, d.Exhausted(), c.want)
			}
		}
	}
}

// TestIndependentThreadsTakeOneExecution: nothing that they do can be told apart.
func TestIndependentThreadsTakeOneExecution(t *testing.T) {
	d, _ := reduce(t, func(t *model.T) {
		for i := range 5 {
			x := t.NewInt(0)
			t.Go(fmt.Sprint(i), func(t *model.T) { x.Store(t, 1); x.Load(t); t.Yield(); x.Add(t, 1) })
		}
	}, 0)
	if d.Traces() != 1 || d.Blocked() != 0 || !d.Exhausted() {
		t.Errorf("%d traces, %d given up", d.Traces(), d.Blocked())
	}
}

// TestReductionFindsTheDeadlock: two locks in opposite orders have three orders, and in one of them nobody can go on.
func TestReductionFindsTheDeadlock(t *testing.T) {
	both := func(first, second *model.Mutex) func(*model.T) {
		return func(t *model.T) { first.Lock(t); second.Lock(t); second.Unlock(t); first.Unlock(t) }
	}
	for _, crossed := range []bool{true, false} {
		d, sum := reduce(t, func(t *model.T) {
			a, b := t.NewMutex(), t.NewMutex()
			t.Go("one", both(a, b))
			if crossed {
				a, b = b, a
			}
			t.Go("two", both(a, b))
		}, 0)
		if want := map[bool]int{true: 1, false: 0}[crossed]; sum.Failed != want || d.Traces() != 2+want {
			t.Errorf("crossed %t: %d failures in %d traces and %d given up", crossed, sum.Failed, d.Traces(), d.Blocked())
		}
	}
}

// TestOneFailureDoesNotHideAnother: whoever fails first ends the execution.
func TestOneFailureDoesNotHideAnother(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	messages := map[string]bool{}
	p := func(t *model.T) {
		for _, name := range []string{"a", "b", "c"} {
			x := t.NewInt(0)
			t.Go(name, func(t *model.T) { x.Store(t, 1); x.Load(t); t.Fail(name) })
		}
	}
	for d := NewDPOR(); ; {
		r := e.Run(p, d, 1)
		if r.Exhausted {
			break
		}
		messages[r.Message] = true
	}
	if !messages["a"] || !messages["b"] || !messages["c"] {
		t.Errorf("only %v", messages)
	}
}

// TestEndlessProgramIsNotExhausted: what was cut off may have gone on to fail.
func TestEndlessProgramIsNotExhausted(t *testing.T) {
	d, sum := reduce(t, func(t *model.T) {
		x := t.NewInt(0)
		t.Go("setter", func(t *model.T) { x.Store(t, 1) })
		for x.Load(t) == 0 {
		}
	}, 50)
	if !sum.Exhausted || d.Exhausted() || d.CutOff() == 0 {
		t.Errorf("exhausted %t, %d cut off", d.Exhausted(), d.CutOff())
	}
}

// TestImpureProgramIsNotExhausted: it depends on something else than its schedule, and that is noticed.
func TestImpureProgramIsNotExhausted(t *testing.T) {
	for name, s := range map[string]interface {
		Strategy
		Diverged() int
		Exhausted() bool
	}{"dpor": NewDPOR(), "pb": NewPB(), "db": NewDB()} {
		runs := 0
		e := model.New(model.Limits{})
		e.ExploreAll(func(t *model.T) {
			runs++
			x := t.NewInt(0)
			for range 2 + runs%2 {
				t.Go("worker", func(t *model.T) { x.Add(t, 1); x.Add(t, 1) })
			}
		}, s, 1, 10_000)
		e.Close()
		if s.Diverged() == 0 || s.Exhausted() {
			t.Errorf("%s: %d diverged, exhausted %t", name, s.Diverged(), s.Exhausted())
		}
	}
}

// TestDataStaysTheSame: the schedules of a program that draws data are explored for one choice of data.
func TestDataStaysTheSame(t *testing.T) {
	d, sum := reduce(t, func(t *model.T) {
		x := t.NewInt(0)
		for range 2 {
			t.Go("worker", func(t *model.T) {
				for range t.Intn(3) {
					x.Add(t, 1)
				}
			})
		}
	}, 0)
	if !sum.Exhausted || d.Diverged() > 0 {
		t.Errorf("%d diverged", d.Diverged())
	}
}

// TestProgressGrows from 0 to 1. New branches may set it back, but not by much here.
func TestProgressGrows(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	d, last, p := NewDPOR(), 0.0, counter(3, 2)
	for i := 0; !e.Run(p, d, 1).Exhausted; i++ {
		now := d.Progress()
		if now < 0 || now >= 1 || now < last-0.5 {
			t.Fatalf("after %d executions: %v, before %v", i, now, last)
		}
		last = now
	}
	if last < 0.9 || d.Progress() != 1 {
		t.Errorf("at the end %v, then %v", last, d.Progress())
	}
}

// TestReductionIsSteady: its memory depends on how long an execution is, not on how many there were.
func TestReductionIsSteady(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	d, p := NewDPOR(), counter(3, 3)
	e.ExploreAll(p, d, 1, 300)
	base := testing.AllocsPerRun(200, func() { e.Run(p, idle{}, 1) })
	allocs := testing.AllocsPerRun(1000, func() { e.Run(p, d, 1) })
	if allocs > base+1 {
		t.Errorf("%v allocations an execution, %v without reduction", allocs, base)
	}
}

// idle always lets the first enabled thread go on.
type idle struct{}

func (idle) Begin(x *Exec, seed uint64) bool  { return true }
func (idle) Started(x *Exec, thread int32)    {}
func (idle) Pick(x *Exec) int32               { return x.Enabled[0] }
func (idle) Ran(x *Exec, thread int32, op Op) {}
func (idle) End(x *Exec, outcome Outcome)     {}
