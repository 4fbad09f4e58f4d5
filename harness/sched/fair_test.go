package sched_test

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/model/classics"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// spins are programs that end if every thread gets its turn.
var spins = map[string]model.Program{
	"a loop that yields": func(t *model.T) {
		flag := t.NewInt(0)
		t.Go("setter", func(t *model.T) { times(t.NewInt(0), 20)(t); flag.Store(t, 1) })
		for flag.Load(t) == 0 {
			t.Yield()
		}
	},
	"a loop that does not": func(t *model.T) {
		flag := t.NewInt(0)
		t.Go("setter", func(t *model.T) { times(t.NewInt(0), 20)(t); flag.Store(t, 1) })
		for flag.Load(t) == 0 {
		}
	},
	"two loops that wait for a third": func(t *model.T) {
		flag, turn := t.NewInt(0), t.NewInt(0)
		for range 2 {
			t.Go("spinner", func(t *model.T) {
				for flag.Load(t) == 0 {
					turn.Add(t, 1)
				}
			})
		}
		times(t.NewInt(0), 20)(t)
		flag.Store(t, 1)
	},
	"a lock that is tried": func(t *model.T) {
		m := t.NewMutex()
		for range 3 {
			t.Go("user", func(t *model.T) {
				for !m.TryLock(t) {
				}
				times(t.NewInt(0), 5)(t)
				m.Unlock(t)
			})
		}
	},
	"a chain of ten": func(t *model.T) {
		turn := t.NewInt(0)
		for i := range 10 {
			t.Go("link", func(t *model.T) {
				for turn.Load(t) != int64(i) {
					t.Yield()
				}
				turn.Add(t, 1)
			})
		}
	},
}

// TestSpinningEnds: under every strategy, whoever is waited for gets to run, and soon.
func TestSpinningEnds(t *testing.T) {
	for _, name := range randomNames {
		for what, p := range spins {
			e := model.New(model.Limits{Steps: 20_000})
			s, _ := New(name)
			sum := e.ExploreAll(p, s, 1, 100)
			e.Close()
			if sum.Failed+sum.CutOff > 0 || sum.Operations > 100*2000 {
				t.Errorf("%s, %s: %d cut off, %d failed, %d operations a schedule", name, what, sum.CutOff, sum.Failed, sum.Operations/100)
			}
		}
	}
}

// TestSafeStackEnds: the hardest of the classics spins in strange ways, and is never cut off.
func TestSafeStackEnds(t *testing.T) {
	for _, name := range randomNames {
		e := model.New(model.Limits{Steps: 20_000})
		s, _ := New(name)
		sum := e.ExploreAll(classics.Find("SafeStack").Program, s, 1, 300)
		e.Close()
		if sum.CutOff > 0 || sum.Operations > 300*500 {
			t.Errorf("%s: %d cut off, %d operations a schedule", name, sum.CutOff, sum.Operations/300)
		}
	}
}

// randomNames are the strategies that draw each schedule.
var randomNames = []string{"portfolio", "rw", "pct", "pct3", "pct10", "pos", "urw", "surw"}

func TestNames(t *testing.T) {
	names := map[string]bool{}
	for _, name := range Names() {
		if s, ok := New(name); !ok || s == nil {
			t.Errorf("%s is a name of nothing", name)
		}
		names[name] = true
	}
	for _, name := range randomNames {
		if !names[name] {
			t.Errorf("%s is not in the list", name)
		}
	}
	if s, ok := New("nobody"); ok || s != nil {
		t.Error("nobody is a strategy")
	}
}

// TestShares: of eight schedules of the default, four are by surw, and one each by the others.
func TestShares(t *testing.T) {
	s, counts := NewRecorder(NewPortfolio()), map[string]int{}
	if NameOf(s) != "" || NameOf(NewReplay(nil)) != "" {
		t.Error("a strategy has a name before it has begun, or that draws nothing")
	}
	for i := range 8000 {
		s.Begin(&Exec{}, Seed(1, i))
		counts[NameOf(s)]++
	}
	for name, share := range map[string]int{"surw": 4000, "pos": 1000, "pct": 1000, "urw": 1000, "rw": 1000} {
		if n := counts[name]; n < share*9/10 || n > share*11/10 {
			t.Errorf("%s decides %d of 8000 schedules, want %d", name, n, share)
		}
	}
	for _, name := range randomNames[1:] {
		s, _ := New(name)
		if s.Begin(&Exec{}, 1); NameOf(s) != name {
			t.Errorf("%s calls itself %s", name, NameOf(s))
		}
	}
}

// TestSeedsAreEnough: strategies that learn nothing but how long a program is make the same decisions for a seed, whatever they ran before.
func TestSeedsAreEnough(t *testing.T) {
	for _, name := range []string{"rw", "pos"} {
		s, _ := New(name)
		e := engine(t)
		var first []string
		for i := range 60 {
			o := order(e.Run(noisy, s, Seed(1, i%20)), nil)
			if first = append(first, o); o != first[i%20] {
				t.Fatalf("%s: seed %d was %s, is %s", name, i%20, first[i%20], o)
			}
		}
	}
}
