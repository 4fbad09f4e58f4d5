package model_test

import (
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// chosenOnly makes two choices one after the other.
func chosenOnly(t *T) { t.Choose(3); t.Choose(1); t.Choose(2) }

// choosers are two threads that choose and then add to one word.
func choosers(t *T) {
	x := t.NewInt(0)
	both(t, func(t *T) { x.Add(t, int64(t.Choose(2))) }, func(t *T) { x.Add(t, int64(t.Choose(2))) })
}

// producers are two threads that send on channels of their own, and one that selects over both, twice.
func producers(t *T) {
	c, d := NewChan[int](t, 1), NewChan[int](t, 1)
	t.Go("c", func(t *T) { c.Send(t, 1) })
	t.Go("d", func(t *T) { d.Send(t, 2) })
	for range 2 {
		Select(t, c.ReceiveCase(nil, nil), d.ReceiveCase(nil, nil))
	}
}

// full is a thread that empties three full channels, in any order.
func full(t *T) {
	var cases []Case
	for range 3 {
		c := NewChan[int](t, 1)
		c.Send(t, 1)
		cases = append(cases, c.ReceiveCase(nil, nil))
	}
	for range 3 {
		Select(t, cases...)
	}
}

// TestChoicesAreCounted counts executions. Of the producers: both send before the first select, in either order, which the reduction takes for one, and then
// there are two cases to take; or one sends before the first select and the other after it.
func TestChoicesAreCounted(t *testing.T) {
	for _, c := range []struct {
		name           string
		p              Program
		all, reduction int
	}{
		{"a choice of three and one of two", chosenOnly, 6, 6},
		{"two threads that choose one of two, and add", choosers, 8, 8},
		{"two producers", producers, 2*2 + 2, 2 + 2},
		{"three full channels", full, 6, 6},
	} {
		d, pb, db := sched.NewDPOR(), sched.NewPB(), sched.NewDB()
		for _, run := range []struct {
			name string
			s    sched.Strategy
			want int
		}{{"all", &every{}, c.all}, {"dpor", d, c.reduction}} {
			if sum := engine(t, 0).ExploreAll(c.p, run.s, 1, 100); !sum.Exhausted || sum.Schedules != run.want {
				t.Errorf("%s: %s executes %d schedules, not %d", c.name, run.name, sum.Schedules, run.want)
			}
		}
		engine(t, 0).ExploreAll(c.p, pb, 1, 1000)
		engine(t, 0).ExploreAll(c.p, db, 1, 1000)
		if d.Blocked() != 0 || !d.Exhausted() || !pb.Exhausted() || pb.Schedules() != c.all || !db.Exhausted() || db.Schedules() != c.all {
			t.Errorf("%s: dpor gave up %d; pb %d, %v; db %d, %v; there are %d", c.name, d.Blocked(), pb.Schedules(), pb, db.Schedules(), db, c.all)
		}
	}
}

// TestChoicesAreDrawn: of three options each is taken about as often, by every random strategy, and by a probe, which counts them.
func TestChoicesAreDrawn(t *testing.T) {
	for _, name := range sched.Names() {
		var times [3]int
		s, _ := sched.New(name)
		engine(t, 0).ExploreAll(func(t *T) { times[t.Choose(3)]++ }, s, 1, 3000)
		for option, n := range times {
			if n < 850 || n > 1150 {
				t.Errorf("%s takes option %d in %d of 3000 executions", name, option, n)
			}
		}
	}
	p := sched.NewProbe()
	engine(t, 0).ExploreAll(chosenOnly, p, 1, 10)
	if n, _ := p.Schedules(); n != 6 {
		t.Errorf("the probe estimates %v schedules, not 6", n)
	}
}

// TestUsualOptionIsFair: a loop that waits for another option than the first ends by default.
func TestUsualOptionIsFair(t *testing.T) {
	loop := func(t *T) {
		for t.Choose(3) != 2 {
		}
	}
	for name, s := range map[string]sched.Strategy{"replay": sched.NewReplay(nil), "no chooser": silent{sched.NewReplay(nil)}} {
		if r := engine(t, 5000).Run(loop, s, 1); r.Outcome != sched.Passed || r.Operations < 100 {
			t.Errorf("%s: outcome %d after %d operations", name, r.Outcome, r.Operations)
		}
	}
}

// silent hides that a strategy makes choices.
type silent struct{ sched.Strategy }
