package harness

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// Conform is the test that every declared target must pass: the declaration is valid, the correct twin is accused by no engine that applies, and
// each seeded bug is caught by the engines that its declaration names, with the kind it names. Engines that need another binary or process (race,
// soak) are left to the command; a bug that only they catch is only validated here.
//
// It takes some seconds for each bug at most. With -short the correct twin gets a fifth of the runs. When go test -count repeats it, each repetition
// takes the next of its parts, with another seed.
func Conform(t *testing.T, target *Target) {
	t.Helper()
	if err := target.Validate(); err != nil {
		t.Fatal(err)
	}
	parts := conformParts(target)
	if n := repeat.Nth(t); n > 0 {
		if raceBuilt && target.World { // a simulation is one goroutine: looking for its rare bugs again is all cost there
			parts = slices.DeleteFunc(parts, func(p conformPart) bool { return p.bug })
		}
		parts = parts[n%len(parts):][:1]
	}
	for _, p := range parts {
		t.Run(p.name, p.run)
	}
}

// A conformPart is one thing that Conform asks.
type conformPart struct {
	name string
	bug  bool
	run  func(*testing.T)
}

// conformParts lists what Conform asks of a target.
func conformParts(target *Target) (parts []conformPart) {
	for _, e := range []Engine{Check, Stress, Chaos} {
		if target.Skip[e] == "" && (e != Chaos || len(applicable(target)) > 0) {
			parts = append(parts, conformPart{string(e), false, func(t *testing.T) { conformCorrect(t, target, e) }})
		}
	}
	for _, b := range target.Bugs {
		for _, e := range b.CaughtBy {
			// The race detector fails the test in which it sees a race, even in one that is there to be found; under check nothing runs at once.
			if e == Race || e == Explore || e == Soak || raceBuilt && e != Check && !target.World {
				continue
			}
			parts = append(parts, conformPart{b.Name + "/" + string(e), true, func(t *testing.T) { conformBug(t, target, b, e) }})
		}
	}
	return parts
}

// conformCorrect asks that the correct twin is not accused.
func conformCorrect(t *testing.T, target *Target, e Engine) {
	n := repeat.Nth(t)
	cfg := Config{Seed: 1 + uint64(n), Iterations: 200, For: time.Minute}
	if testing.Short() || n > 0 {
		cfg.Iterations = 40
	}
	if target.World {
		cfg.Iterations /= 5 // a run of simulated machines takes as long as a dozen of others
	}
	r, err := Drive(context.Background(), target, e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		t.Errorf("the correct twin is accused: %s\n%s%s%s", f.Title(), f.Program, f.Schedule, f.Evidence)
	}
	if r.Status == Inconclusive {
		t.Errorf("inconclusive: %s", r.Reason)
	}
}

// conformBug asks that a seeded bug is caught, as what it is.
func conformBug(t *testing.T, target *Target, b Bug, e Engine) {
	twin, _ := target.With(b.Name)
	r, err := Drive(context.Background(), twin, e, Config{Seed: 1 + uint64(repeat.Nth(t)), For: time.Minute, Iterations: 200_000, Limit: 1,
		Patience: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Failures) == 0 {
		t.Fatalf("not caught in %d histories, %d schedules (%v): %s", r.Histories, r.Schedules, r.Elapsed, r.Reason)
	}
	f := r.Failures[0]
	if b.Kind != "" && f.Kind != b.Kind {
		t.Errorf("caught as %q, declared as %q: %s", f.Kind, b.Kind, f.Message)
	}
	if (e == Check || target.World) && f.Reproduced < f.Replays {
		t.Errorf("the failure replays %d of %d times", f.Reproduced, f.Replays)
	}
	t.Logf("%s after %d runs, %v\n%s%s%s", f.Title(), f.Runs, f.After, f.Program, f.Schedule, f.Evidence)
}
