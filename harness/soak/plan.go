package soak

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A Skip is a pair that is left out, and why.
type Skip struct {
	Pair
	Reason string `json:"reason"`
}

// pairs lists what can run, target by target in the given order, and what cannot.
func pairs(targets []*harness.Target, engines []harness.Engine) (run []Pair, skip []Skip) {
	for _, t := range targets {
		for _, e := range engines {
			p := Pair{t.ID(), e}
			if why := inapplicable(t, e); why != "" {
				skip = append(skip, Skip{p, why})
			} else {
				run = append(run, p)
			}
		}
	}
	return run, skip
}

// inapplicable returns why an engine cannot run a target, or "".
func inapplicable(t *harness.Target, e harness.Engine) string {
	if why := t.Skip[e]; why != "" {
		return why
	}
	if e == harness.Chaos && !slices.ContainsFunc(t.Faults, func(f *harness.Fault) bool { return f.Applies(t) }) {
		return "no fault applies"
	}
	return ""
}

// knownEvery is how many cycles pass between two rounds of a pair whose failures are all known well.
const knownEvery = 4

// order returns the order of the pairs in a cycle: a permutation of its own for each, so that a budget that ends in the middle of a cycle
// does not always cheat the same (Knuth, The Art of Computer Programming, vol. 2, algorithm 3.4.2P, built up from the front).
func order(seed uint64, cycle, n int) []int {
	list := make([]int, n)
	s := choice.New(choice.Keyed(seed, "soak", "cycle", uint64(cycle)))
	for i := range list {
		j := s.Intn(i + 1)
		list[i] = list[j]
		list[j] = i
	}
	return list
}

// seedOf returns the seed of the n-th round of a pair. It does not depend on what other pairs do.
func seedOf(seed uint64, p Pair, n int) uint64 {
	return choice.Keyed(seed, "soak "+string(p.Engine), p.Target, uint64(n))
}

// differs says in which way an identity is not the one of the journal, or returns nil.
func (have identity) differs(want identity) error {
	mismatch := func(what string, journal, run any) error {
		return &Error{ErrMismatch, fmt.Sprintf("%s is %v in the journal, but %v now", what, journal, run),
			"use the settings of the first run, or another state directory"}
	}
	if have.Seed != want.Seed {
		return mismatch("the seed", have.Seed, want.Seed)
	}
	if !slices.Equal(have.Pairs, want.Pairs) {
		return &Error{ErrMismatch, pairDifference(have.Pairs, want.Pairs), "name the targets of the first run, or use another state directory"}
	}
	for i, k := range have.knobs() {
		if now := want.knobs()[i]; k != now {
			return mismatch(k.name, k.value, now.value)
		}
	}
	return nil
}

// A knob is a setting of a round that must not change.
type knob struct {
	name  string
	value any
}

// knobs lists them.
func (i identity) knobs() []knob {
	return []knob{{"the number of iterations", i.Iterations}, {"the number of goroutines", i.Goroutines}, {"the number of operations", i.Ops},
		{"the number of schedules", i.Schedules}, {"the limit of configurations", i.Configs}, {"the lock check", i.LockCheck},
		{"the limit of repeats", i.Limit}}
}

// pairDifference says which pairs only one side has.
func pairDifference(journal, run []Pair) string {
	var parts []string
	only := func(a, b []Pair, where string) {
		for _, p := range a {
			if !slices.Contains(b, p) {
				parts = append(parts, p.String()+" is only in "+where)
			}
		}
	}
	only(journal, run, "the journal")
	only(run, journal, "this run")
	if len(parts) == 0 {
		return "the targets or engines are in another order"
	}
	if n := len(parts) - 3; n > 0 {
		parts = append(parts[:3], fmt.Sprintf("and %d more differences", n))
	}
	return strings.Join(parts, ", ")
}
