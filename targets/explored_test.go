package targets_test

import (
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/targets"
)

// controlled builds the test that runs targets under control, once in a process and not with -short: it takes minutes where the standard library was
// never built for it.
func controlled(t *testing.T) explore.Package {
	t.Helper()
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	set, err := explore.Build(t.Context(), explore.BuildConfig{Patterns: []string{explore.TargetPackage}, Detector: explore.WithoutRace, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
	p := set.Packages[0]
	if p.Refused != "" {
		t.Skipf("not under control, and no pass: %s", p.Refused)
	}
	if p.BuildError != "" {
		t.Fatal(p.BuildError)
	}
	return p
}

// TestExploredCases runs every failure that explore has saved again: the seeded bug fails as recorded, and the correct twin, with the same program under the
// same schedule, does not fail at all.
func TestExploredCases(t *testing.T) {
	p := controlled(t)
	n := 0
	for e := range casefile.Walk(cases) {
		if e.Err != nil || !explore.Owns(e.Case) || e.Case.Found.Race {
			continue
		}
		n++
		again := func(c casefile.Case, bug string) *explore.Replay {
			c.Bug = bug
			r, err := explore.Again(t.Context(), explore.Config{Now: time.Now}, p, &c)
			if err != nil {
				t.Fatalf("%s: %v", e.Path, err)
			}
			return r
		}
		if r := again(*e.Case, e.Case.Bug); !r.Reproduced {
			t.Errorf("%s: %s", e.Path, r.Missed())
		}
		if r := again(*e.Case, ""); r.Reproduced || r.Other != "" {
			t.Errorf("%s: the correct twin fails: %s", e.Path, r.Other)
		}
	}
	if n == 0 {
		t.Errorf("no case of explore under %s: this test shows nothing", cases)
	}
}

// TestExplorable: what has goroutines to control names the bugs that explore must catch; what has none says so.
func TestExplorable(t *testing.T) {
	for _, target := range targets.All() {
		n := 0
		for _, b := range target.Bugs {
			for _, e := range b.CaughtBy {
				if e == harness.Explore {
					n++
				}
			}
		}
		if why := harness.Unexplorable(target); (why == "") != (n > 0) {
			t.Errorf("%s: %d bugs are to be caught by explore; it cannot be explored because %q", target.ID(), n, why)
		}
	}
}
