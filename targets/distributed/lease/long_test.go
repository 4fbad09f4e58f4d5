package lease

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
)

var (
	longRuns  = flag.Int("lease.runs", 0, "runs of the correct twin under stress and under chaos, in the test of that name")
	longBug   = flag.String("lease.bug", "", "the only seeded bug to look for")
	longSeeds = flag.Int("lease.seeds", 0, "seeds under which each seeded bug must be caught")
)

// TestNeverAccused runs the correct twin for long: go test -run NeverAccused -lease.runs=5000.
func TestNeverAccused(t *testing.T) {
	if *longRuns == 0 {
		t.Skip("takes long: -lease.runs=N")
	}
	for _, e := range []harness.Engine{harness.Stress, harness.Chaos} {
		r, err := harness.Drive(context.Background(), Target(), e, harness.Config{Seed: 7, Iterations: *longRuns, For: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Failures {
			t.Errorf("%s %v: %s\n%s", e, f.FaultNames, f.Title(), f.Story())
		}
		t.Logf("%s: %v, %d histories, %d operations, %d undecided, %.2f open, %v %s", e, r.Status, r.Histories, r.Operations, r.Undecided, r.Open, r.Elapsed, r.Reason)
	}
}

// TestCaughtByEverySeed looks for each bug under many seeds: go test -run CaughtByEverySeed -lease.seeds=20.
func TestCaughtByEverySeed(t *testing.T) {
	if *longSeeds == 0 {
		t.Skip("takes long: -lease.seeds=N")
	}
	target := Target()
	for _, b := range target.Bugs {
		if *longBug != "" && b.Name != *longBug {
			continue
		}
		twin, _ := target.With(b.Name)
		for _, e := range b.CaughtBy {
			caught, most, sum := 0, int64(0), int64(0)
			kinds := map[string]int{}
			for seed := range *longSeeds {
				r, err := harness.Drive(context.Background(), twin, e, harness.Config{Seed: uint64(seed), Iterations: 3000, For: time.Minute, Limit: 1})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Failures) == 0 {
					t.Errorf("%s: %s does not catch it under seed %d in %d runs: %s", b.Name, e, seed, r.Histories, r.Reason)
					continue
				}
				f := r.Failures[0]
				caught++
				kinds[f.Kind]++
				most, sum = max(most, f.Runs), sum+f.Runs
				if !f.Exact {
					t.Errorf("%s: %s seed %d: replays %d of %d", b.Name, e, seed, f.Reproduced, f.Replays)
				}
			}
			t.Logf("%-20s %-6s caught under %d of %d seeds, after %.1f runs on average, %d at most; %v", b.Name, e, caught, *longSeeds, float64(sum)/float64(max(caught, 1)), most, kinds)
		}
	}
}
