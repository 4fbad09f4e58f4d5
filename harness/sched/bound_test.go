package sched_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// perBound returns how many schedules of a program each bound adds.
func perBound(p model.Program, b *Bounded) (counts []int) {
	e := model.New(model.Limits{})
	defer e.Close()
	for before := 0; ; {
		r := e.Run(p, b, 1)
		for len(counts) <= b.Bound() {
			counts = append(counts, before)
			before = 0
		}
		if r.Exhausted {
			break
		}
		before = b.Schedules() - sumOf(counts)
	}
	return counts
}

func sumOf(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// TestSchedulesOfEachBound checks counts that were worked out by hand. Two threads a and b with two operations: aabb and bbaa need no preemption, abba and
// baab need one, abab and baba two (when b has ended, a goes on by itself). A delay is needed for each time that a thread is passed over.
func TestSchedulesOfEachBound(t *testing.T) {
	for _, c := range []struct {
		name string
		p    model.Program
		b    *Bounded
		want []int
	}{
		{"pb 2x2", counter(2, 2), NewPB(), []int{2, 2, 2}},
		{"db 2x2", counter(2, 2), NewDB(), []int{1, 2, 2, 1}},
		{"pb 2x1", counter(2, 1), NewPB(), []int{2}},
		{"db 3x1", counter(3, 1), NewDB(), []int{1, 2, 2, 1}},
	} {
		if got := perBound(c.p, c.b); !slices.Equal(got, c.want) || !c.b.Exhausted() {
			t.Errorf("%s: %v, want %v; exhausted %t", c.name, got, c.want, c.b.Exhausted())
		}
	}
}

// lostUpdate fails if one thread is stopped between its load and its store.
func lostUpdate(t *model.T) {
	x := t.NewInt(0)
	var h [2]*model.Thread
	for i := range h {
		h[i] = t.Go(fmt.Sprint(i), func(t *model.T) { x.Store(t, x.Load(t)+1) })
	}
	t.Join(h[0])
	t.Join(h[1])
	t.Assert(x.Value() == 2, "lost update")
}

// TestBugIsFoundAtItsBound: one preemption is needed, one is enough, and by then all schedules without any have passed.
func TestBugIsFoundAtItsBound(t *testing.T) {
	for _, b := range []*Bounded{NewPB(), NewDB()} {
		e := model.New(model.Limits{})
		sum := e.Explore(lostUpdate, b, 1, 1000)
		e.Close()
		if sum.First == 0 || b.Bound() != 0 {
			t.Errorf("first failure %d with bound %d completed", sum.First, b.Bound())
		}
	}
}

// TestLargestBound: with too small a bound the bug stays hidden, and what is claimed says so.
func TestLargestBound(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	for _, c := range []struct {
		b      *Bounded
		claim  string
		failed bool
	}{
		{NewPB().AtMost(0), "all schedules with at most 0 preemptions", false},
		{NewDB().AtMost(0), "all schedules with at most 0 delays", false},
		{NewPB().AtMost(1), "all schedules with at most 1 preemption", true},
		{NewDB().AtMost(1), "all schedules with at most 1 delay", true},
		{NewPB(), "all schedules", true},
	} {
		if c.b.String() != "no bound completed" {
			t.Error("before anything has run:", c.b)
		}
		sum := e.ExploreAll(lostUpdate, c.b, 1, 1000)
		if c.b.String() != c.claim || !sum.Exhausted || (sum.Failed > 0) != c.failed {
			t.Errorf("%q, want %q; %d failures", c.b, c.claim, sum.Failed)
		}
	}
}

// TestSpinningIsFair: a thread that spins and yields gives way in the default schedule, so that it ends; to stay with it costs.
func TestSpinningIsFair(t *testing.T) {
	e := model.New(model.Limits{Steps: 200})
	defer e.Close()
	spin := func(t *model.T) {
		x := t.NewInt(0)
		t.Go("spinner", func(t *model.T) {
			for x.Load(t) == 0 {
				t.Yield()
			}
		})
		t.Go("setter", func(t *model.T) { x.Store(t, 1) })
	}
	for _, b := range []*Bounded{NewPB().AtMost(2), NewDB().AtMost(2)} {
		sum := e.ExploreAll(spin, b, 1, 1000)
		if !sum.Exhausted || sum.CutOff > 0 || b.Bound() != 2 || b.Exhausted() {
			t.Errorf("%v: %+v", b, sum)
		}
	}
}

// TestCutOffSchedulesAreSaid: a claim about all schedules does not hide those that did not end.
func TestCutOffSchedulesAreSaid(t *testing.T) {
	e := model.New(model.Limits{Steps: 20})
	defer e.Close()
	b := NewPB().AtMost(0)
	e.ExploreAll(func(t *model.T) {
		x := t.NewInt(0)
		t.Go("spinner", func(t *model.T) {
			for x.Load(t) == 0 {
			}
		})
		t.Go("setter", func(t *model.T) { x.Store(t, 1) })
	}, b, 1, 1000)
	if want := "all schedules with at most 0 preemptions, 1 of them cut off and 0 diverged"; b.String() != want || b.CutOff() != 1 {
		t.Errorf("%q, want %q", b, want)
	}
}
