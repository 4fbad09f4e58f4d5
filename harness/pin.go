package harness

import (
	"context"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// Budgets for making the failures of stress small and repeatable, for each of them.
const (
	pinSchedules = 3000 // controlled schedules in which to look for it
	pinFor       = 3 * time.Second
	measureFor   = time.Second
	measureRuns  = 200
)

// pin makes the failures that stress and chaos found as small and repeatable as can be. Where the target passes points, a schedule under control
// that fails in the same way is looked for: then the replay is exact. Where none is found, the program is made smaller by repetition on
// real goroutines, and the probability that it fails is measured.
func (s *stress) pin(ctx context.Context) {
	for _, f := range s.result.Failures {
		if ctx.Err() != nil || len(f.Program) == 0 {
			return
		}
		if len(f.FaultNames) == 0 && s.exactly(f) {
			continue
		}
		s.statistically(ctx, f)
	}
}

// exactly looks for a controlled schedule of the failing program that fails in the same way, and reports whether there was one.
func (s *stress) exactly(f *Failure) bool {
	if !s.target.Points || f.Kind == "leak" || f.Kind == "lock" || f.Kind == "hang" {
		return false
	}
	c := newControlled(s.target, f.Program.Clients(), s.cfg.Configs)
	defer c.close()
	found, _, _, _ := c.explore(f.Program, f.Seed, pinSchedules)
	if found == nil || found.verdict.Kind != f.Kind {
		return false
	}
	small := c.minimise(found, s.cfg.Schedules)
	f.Verdict, f.Program, f.Schedule, f.Seed = small.verdict, small.program, small.schedule, small.seed
	f.Signature = signature(f.Verdict)
	f.Replays, f.Reproduced = 2, 0
	for range f.Replays {
		if v := replayExact(s.target, f.Program, f.Schedule, f.Seed, s.cfg.Configs); matches(v, f.Kind, f.Signature) {
			f.Reproduced++
		}
	}
	f.Exact = f.Reproduced == f.Replays
	return f.Exact
}

// statistically makes the program smaller and measures how often it fails.
func (s *stress) statistically(ctx context.Context, f *Failure) {
	faults, err := s.target.faultsNamed(strings.Join(f.FaultNames, ","))
	if err != nil {
		return
	}
	cfg := s.cfg
	cfg.Patience = min(cfg.Patience, time.Second)
	m := &measurer{repeater: newRepeater(s.target, cfg, faults), ctx: ctx, failure: f}
	defer m.close()
	failed, runs := m.rate(f.Program, measureRuns, measureFor)
	f.Reproduced, f.Replays = failed, runs
	if failed == 0 || f.Kind == "leak" {
		return
	}
	// A candidate that fails as often as the whole program shows it within this many runs with 95 %.
	m.tries = min(stats.RunsNeeded(float64(failed)/float64(runs), 0.95), measureRuns)
	m.deadline = cfg.Clock() + pinFor
	small := shrinkProgram(s.target, f.Program, 150, m.fails)
	if len(small) == len(f.Program) && small.Clients() == f.Program.Clients() {
		return
	}
	if failed, runs = m.rate(small, measureRuns, measureFor); failed > 0 {
		f.Program, f.Reproduced, f.Replays = small, failed, runs
		if m.last.Status == Violated {
			f.Verdict = m.last
		}
	}
}

// A measurer asks how often a program fails in the way of a failure.
type measurer struct {
	*repeater
	ctx      context.Context
	failure  *Failure
	tries    int
	deadline time.Duration
	n        uint64
	last     Verdict // of the last failing run
}

// rate runs a program up to most times within a time, and returns how often it failed. Runs that hang are slow: ten failures are enough.
func (m *measurer) rate(p Program, most int, within time.Duration) (failed, runs int) {
	for end := m.cfg.Clock() + within; runs < most && failed < 10 && m.cfg.Clock() < end && m.ctx.Err() == nil; runs++ {
		if m.once(p) {
			failed++
		}
	}
	return failed, runs
}

// fails reports whether a smaller program still fails.
func (m *measurer) fails(p Program) bool {
	for range m.tries {
		if m.cfg.Clock() > m.deadline || m.ctx.Err() != nil {
			return false
		}
		if m.once(p) {
			return true
		}
	}
	return false
}

// once runs a program once.
func (m *measurer) once(p Program) bool {
	m.n++
	v, _, err := m.run(m.ctx, p, repeatSeed(m.failure.Seed, m.n, m.faults))
	if err != nil || !matches(v, m.failure.Kind, m.failure.Signature) {
		return false
	}
	m.last = v
	return true
}

// repeatSeed returns the seed of the n-th repetition. Repetitions differ in what the harness injects, but for faults: their decisions are part of
// the failure.
func repeatSeed(seed, n uint64, faults []*Fault) uint64 {
	if len(faults) > 0 {
		return seed
	}
	return choice.Mix(seed, n)
}
