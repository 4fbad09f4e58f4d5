package harness

import (
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// What check and stress do to small failures of a world, and how they guard against a target that is not a function of its seed.
const (
	// seedShare is how many controlled schedules of an object one seed of a world is worth: a run of a world is so much longer.
	seedShare = 20
	// steadyEvery is after how many runs one is made twice and compared.
	steadyEvery = 64
	// shrinkEvents bounds the search for a smaller failure, in events of the runs that it takes, and tryEvents what one candidate may take of them: the
	// smaller it is, the more seeds it is tried under, at most trySeeds, or faultSeeds if it has fewer faults: what one fault does alone is rarer.
	shrinkEvents = 600_000
	tryEvents    = 25_000
	trySeeds     = 40
	faultSeeds   = 400
	// shortSeeds is how many seeds are tried for a shorter run of the smallest program.
	shortSeeds = 100
)

// worlds runs a program on the machines of some seeds. It is a pure function of the program, so that rapid can shrink.
func (c *checker) worlds(p Program) *finding {
	for k := range max(c.cfg.Schedules/seedShare, 1) {
		seed := choice.Mix(c.cfg.Seed, uint64(k))
		r, err := runWorld(c.target, p, seed, nil, false, c.cfg.Configs)
		if err == nil && c.schedules%steadyEvery == 0 {
			err = steady(c.target, p, seed, nil, c.cfg.Configs)
		}
		if err != nil {
			c.broken = err
			return nil
		}
		c.schedules++
		switch r.verdict.Status {
		case Violated:
			return &finding{verdict: r.verdict, program: p, seed: seed}
		case Inconclusive:
			c.undecided++
		}
	}
	c.cfg.Progress(c.programs, c.operations)
	return nil
}

// A worldCase is a program that fails on the machines of a seed while the faults are there.
type worldCase struct {
	verdict Verdict
	program Program
	seed    uint64
	faults  []*Fault
	fired   []Fired
}

// A worldShrinker looks for smaller failures of the same kind. Each candidate is tried under the failing seed and a few others, because a change
// anywhere changes the moments of all that follows.
type worldShrinker struct {
	target *Target
	limit  int
	budget int // events
	best   worldCase
	steps  int     // events of the best run
	begun  Program // what had begun in it
}

// minimiseWorld makes a failure smaller: it cuts the program, drops faults, then operations, then faults again, and takes the seed whose run is shortest. It adds the log of
// that run to the evidence.
func minimiseWorld(t *Target, found worldCase, limit int) worldCase {
	s := &worldShrinker{target: t, limit: limit, budget: shrinkEvents, best: found}
	s.cut()
	s.dropFaults()
	s.operations()
	s.dropFaults()
	s.shortest()
	b := &s.best
	b.verdict = (&worldRun{target: t, program: b.program, seed: b.seed, faults: b.faults, verdict: b.verdict}).explained(limit)
	return s.best
}

// cut keeps what had begun when it failed, and then the last few operations of each client, if these are enough.
func (s *worldShrinker) cut() {
	if !s.fails(s.best.program, s.best.seed, s.best.faults, 0) {
		return
	}
	begun := s.begun
	s.fails(begun, s.best.seed, s.best.faults, 0)
	for n := 1; n < len(begun); n *= 2 {
		if s.try(lastOf(begun, n).normal(s.target), s.best.faults, trySeeds) {
			return
		}
	}
}

// lastOf returns the last n steps of each client.
func lastOf(p Program, n int) Program {
	count := make([]int, p.Clients())
	var q Program
	for _, step := range slices.Backward(p) {
		if count[step.Client]++; count[step.Client] <= n {
			q = append(q, step)
		}
	}
	slices.Reverse(q)
	return q
}

// operations drops operations and clients.
func (s *worldShrinker) operations() {
	shrinkProgram(s.target, s.best.program, 200, func(p Program) bool { return s.try(p.normal(s.target), s.best.faults, trySeeds) })
}

// dropFaults looks for one fault that is enough, and else drops one after another.
func (s *worldShrinker) dropFaults() {
	for _, f := range s.best.faults {
		if len(s.best.faults) > 1 && s.try(s.best.program, []*Fault{f}, faultSeeds) {
			return
		}
	}
	for i := 0; i < len(s.best.faults); {
		if !s.try(s.best.program, slices.Delete(slices.Clone(s.best.faults), i, i+1), faultSeeds) {
			i++
		}
	}
}

// try looks for a seed under which a candidate fails.
func (s *worldShrinker) try(p Program, faults []*Fault, seeds int) bool {
	end, seed := max(s.budget-tryEvents, 0), s.best.seed
	for n := 0; n < seeds && s.budget > end; n++ {
		if s.fails(p, seed, faults, 0) {
			return true
		}
		seed = choice.Mix(seed, 1)
	}
	return false
}

// shortest looks for a run of the same program that fails after fewer events.
func (s *worldShrinker) shortest() {
	base := s.best.seed
	for k := range uint64(shortSeeds) {
		s.fails(s.best.program, choice.Mix(base, k), s.best.faults, s.steps)
	}
}

// fails runs a candidate, and keeps it if it fails in the same way, in fewer events than the given number if that is not 0.
func (s *worldShrinker) fails(p Program, seed uint64, faults []*Fault, steps int) bool {
	if s.budget <= 0 {
		return false
	}
	r, err := runWorld(s.target, p, seed, faults, false, s.limit)
	s.budget -= r.world.Steps() + 1
	v := r.verdict
	if err != nil || v.Status != Violated || v.Kind != s.best.verdict.Kind || v.Message != s.best.verdict.Message {
		return false
	}
	if steps > 0 && r.world.Steps() >= steps {
		return false
	}
	s.best, s.steps, s.begun = worldCase{v, p, seed, faults, r.fired()}, r.world.Steps(), r.begun()
	return true
}

// worldProof says what check does not show of a target in a world.
func (c *checker) worldProof() string {
	return fmt.Sprintf("programs of at most %d operations, each on simulated machines under %d seeds, time and network simulated; no fault was injected",
		c.cfg.Ops, max(c.cfg.Schedules/seedShare, 1))
}
