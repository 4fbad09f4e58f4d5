package harness

import (
	"context"
	"fmt"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/linear"
)

// runWorlds is stress and chaos of a target whose machines live in a world: long programs under many seeds, each run deterministic, so that every
// failure is exact. Chaos injects faults into every run, one or several, and heals them before the end.
func runWorlds(ctx context.Context, t *Target, cfg Config, engine Engine) *Result {
	s := &worldStress{newStress(t, cfg.with(4, 16), engine)}
	for n := uint64(0); ctx.Err() == nil && !s.cfg.spent(s.start, int64(n)) && !s.enough(); n++ {
		s.cfg.Announce(int64(n) + 1)
		if err := s.iterate(n); err != nil {
			s.result.Status, s.result.Reason = Inconclusive, err.Error()
			break
		}
	}
	s.conclude()
	return s.result
}

// A worldStress is one run of stress or chaos over simulated machines. It keeps the books of stress.
type worldStress struct{ *stress }

// iterate makes the n-th run.
func (s *worldStress) iterate(n uint64) error {
	seed, p := s.history(n)
	faults := s.choose(seed)
	r, err := runWorld(s.target, p, seed, faults, false, s.cfg.Configs)
	if err == nil && n%steadyEvery == 0 {
		err = steady(s.target, p, seed, faults, s.cfg.Configs)
	}
	if err != nil {
		return err
	}
	s.count(r)
	switch r.verdict.Status {
	case Violated:
		s.record(r)
	case Inconclusive:
		s.result.Undecided++
	}
	s.cfg.Progress(s.result.Histories, s.result.Operations)
	return nil
}

// choose picks the faults of a run: half of the time one, else any number of them.
func (s *worldStress) choose(seed uint64) []*Fault {
	all := s.cfg.Faults
	if s.engine != Chaos || len(all) == 0 {
		return nil
	}
	random := choice.New(choice.Keyed(seed, "faults", "", 0))
	one := random.Intn(len(all))
	if random.Intn(2) == 0 {
		return all[one : one+1 : one+1]
	}
	var list []*Fault
	for i, f := range all {
		if i == one || random.Intn(2) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// count adds a run to the statistics.
func (s *worldStress) count(r *worldRun) {
	s.result.Histories++
	s.result.Operations += int64(len(r.program) - r.left)
	if len(r.faults) > 0 {
		s.injected++
		if len(r.fired()) == 0 {
			s.unfired++
		}
	}
	o := linear.Overlap(s.target.linearOps(r.result().History))
	s.openSum += o.AverageOpen
	s.result.MaxOpen = max(s.result.MaxOpen, o.MaxOpen)
	if o.MaxOpen <= 1 {
		s.result.Vacuous++
	}
}

// record puts a violation into its bucket. The first of a bucket is made as small as it gets, and replayed.
func (s *worldStress) record(r *worldRun) {
	key := signature(r.verdict)
	if f := s.buckets[key]; f != nil {
		f.Count++
		return
	}
	after := s.cfg.Clock() - s.start
	c := minimiseWorld(s.target, worldCase{r.verdict, r.program, r.seed, r.faults, r.fired()}, s.cfg.Configs)
	f := &Failure{Verdict: c.verdict, Target: s.result.Target, Engine: s.engine, Seed: c.seed, Signature: key, Program: c.program, Faults: c.fired,
		Clients: r.program.Clients(), Operations: len(r.program), Count: 1, First: s.result.Histories, After: after}
	for _, fault := range c.faults {
		f.FaultNames = append(f.FaultNames, fault.Name)
	}
	f.replayWorld(s.target, c.faults, s.cfg.Configs)
	s.buckets[key] = f
	s.result.Failures = append(s.result.Failures, f)
}

// replayWorld replays the failure twice.
func (f *Failure) replayWorld(t *Target, faults []*Fault, limit int) {
	f.Replays = 2
	for range f.Replays {
		if matches(replayWorld(t, f.Program, f.Seed, faults, limit), f.Kind, f.Signature) {
			f.Reproduced++
		}
	}
	f.Exact = f.Reproduced == f.Replays
}

// conclude fills in the verdict, in the words of a world.
func (s *worldStress) conclude() {
	s.stress.conclude()
	r := s.result
	r.Details = append(r.Details, "deterministic")
	if s.engine == Chaos && r.Status == Held {
		r.Details = append(r.Details, fmt.Sprintf("recovers from faults in %d runs", s.injected))
	}
	r.NotProved = append(r.NotProved, "time, network and disks are simulated, and each machine is one thread: this shows nothing about real speed or data races")
}
