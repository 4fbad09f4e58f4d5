package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/linear"
	"github.com/concurrency-god-mode/godmode/harness/stats"
	"go.uber.org/goleak"
)

// runStress runs programs on real goroutines, as many as the budget allows, and judges every history.
func runStress(ctx context.Context, t *Target, cfg Config) *Result {
	if t.World {
		return runWorlds(ctx, t, cfg, Stress)
	}
	cfg = cfg.with(4, 16)
	s := newStress(t, cfg, Stress)
	return s.run(ctx, nil)
}

// runChaos is stress with faults injected into every second history; the others show that the target recovers.
func runChaos(ctx context.Context, t *Target, cfg Config) *Result {
	if t.World {
		return runWorlds(ctx, t, cfg, Chaos)
	}
	cfg = cfg.with(4, 16)
	s := newStress(t, cfg, Chaos)
	return s.run(ctx, cfg.Faults)
}

// A stress is one run of the engine stress over a target.
type stress struct {
	*live
	engine  Engine
	mill    *mill
	start   time.Duration
	result  *Result
	buckets map[string]*Failure

	openSum             float64
	baseline            []goleak.Option
	stalls, stallsGood  int64
	stallsBad, injected int64
	unfired             int64 // histories with a fault that found no occasion
	locks               *lockReports
}

func newStress(t *Target, cfg Config, engine Engine) *stress {
	clients := t.clamp(cfg.Goroutines)
	s := &stress{live: &live{t, cfg, epoch()}, engine: engine, mill: newMill(t, clients, cfg.Seed),
		start: cfg.Clock(), buckets: map[string]*Failure{}}
	s.result = &Result{Target: t.ID(), Engine: engine, Seed: cfg.Seed}
	return s
}

// run repeats histories until the budget is spent or enough has been seen of every failure.
func (s *stress) run(ctx context.Context, faults []*Fault) *Result {
	s.begin()
	defer s.finish()
	for n := uint64(0); ctx.Err() == nil && !s.cfg.spent(s.start, int64(n)) && !s.enough(); n++ {
		var active []*Fault
		if len(faults) > 0 && n%2 == 0 {
			active = []*Fault{faults[int(n/2)%len(faults)]}
		}
		s.cfg.Announce(int64(n) + 1)
		if err := s.iterate(ctx, n, active); err != nil {
			s.result.Status, s.result.Reason = Inconclusive, err.Error()
			break
		}
	}
	s.conclude()
	s.pin(ctx)
	return s.result
}

// begin notes what is there before the first run, and turns the lock checker on if it is wanted.
func (s *stress) begin() {
	if s.cfg.LockCheck {
		s.locks = watchLocks()
	}
	s.baseline = []goleak.Option{goleak.IgnoreCurrent()}
}

// finish undoes begin.
func (s *stress) finish() {
	if s.locks != nil {
		s.locks.restore()
	}
}

// enough reports whether more failures would teach nothing: every bucket is full, and engines that keep going were not asked for.
func (s *stress) enough() bool {
	if s.cfg.Keep || len(s.buckets) == 0 {
		return false
	}
	for _, f := range s.buckets {
		if f.Count < int64(s.cfg.Limit) && f.Kind != "hang" && f.Kind != "leak" {
			return false
		}
	}
	return true
}

// history returns the seed and the program of the n-th history, from 0. They depend on nothing that ran before.
func (s *stress) history(n uint64) (seed uint64, p Program) {
	seed = choice.Mix(s.cfg.Seed, n)
	return seed, s.mill.program(choice.New(seed), s.cfg.Ops)
}

// HistoryProgram returns the program and the seed of the n-th history, from 1, that stress runs of a target under a config. It is for whoever knows
// from outside that this history failed, such as the reader of a race report.
func HistoryProgram(t *Target, cfg Config, n int64) (Program, uint64) {
	s := newStress(t, cfg.with(4, 16), Stress)
	seed, p := s.history(uint64(n - 1))
	return p, seed
}

// iterate runs the n-th history.
func (s *stress) iterate(ctx context.Context, n uint64, faults []*Fault) error {
	seed, p := s.history(n)
	x, err := s.live.run(ctx, p, seed, faults)
	if err != nil {
		return err
	}
	s.count(x, len(faults) > 0)
	v := s.settle(x)
	switch v.Status {
	case Violated:
		s.record(v, x, faults)
	case Inconclusive:
		s.result.Undecided++
	}
	s.cfg.Progress(s.result.Histories, s.result.Operations)
	return nil
}

// settle judges an execution, ends it, and looks for what it left behind.
func (s *stress) settle(x *execution) Verdict {
	v := s.verdict(x)
	x.env.end()
	x.env.clean()
	if v.Status == Held {
		v = s.aftermath()
	}
	if v.Kind == "hang" {
		s.baseline = []goleak.Option{goleak.IgnoreCurrent()} // what could not be ended is not a new leak
	}
	return v
}

// count adds a history to the statistics.
func (s *stress) count(x *execution, disturbed bool) {
	s.result.Histories++
	s.result.Operations += finishedSteps(x.lanes)
	if disturbed {
		s.injected++
		if len(x.fired) == 0 {
			s.unfired++
		}
	}
	if x.stall.happened {
		s.stalls++
		if x.stall.finished {
			s.stallsGood++
		}
		if x.stall.blocked {
			s.stallsBad++
		}
	}
	if x.run.History == nil {
		return
	}
	o := linear.Overlap(s.target.linearOps(x.run.History))
	s.openSum += o.AverageOpen
	s.result.MaxOpen = max(s.result.MaxOpen, o.MaxOpen)
	if o.MaxOpen <= 1 {
		s.result.Vacuous++
	}
}

// aftermath looks for what a run left behind: goroutines, and the reports of the lock checker.
func (s *stress) aftermath() Verdict {
	if s.locks != nil {
		if v := s.locks.verdict(); v.Status == Violated {
			return v
		}
	}
	if err := goleak.Find(s.baseline...); err != nil {
		s.baseline = []goleak.Option{goleak.IgnoreCurrent()}
		return Violation("leak", "goroutines are left after every client has finished and the system was closed", err.Error())
	}
	return HeldVerdict()
}

// record puts a violation into its bucket.
func (s *stress) record(v Verdict, x *execution, faults []*Fault) {
	key := signature(v)
	f := s.buckets[key]
	if f == nil {
		f = &Failure{Verdict: v, Target: s.result.Target, Engine: s.engine, Seed: x.seed, Signature: key, Program: x.program, Faults: x.fired,
			Clients: x.program.Clients(), Operations: len(x.program), First: s.result.Histories, After: s.cfg.Clock() - s.start,
			LockCheck: s.cfg.LockCheck}
		for _, fault := range faults {
			f.FaultNames = append(f.FaultNames, fault.Name)
		}
		s.buckets[key] = f
		s.result.Failures = append(s.result.Failures, f)
	}
	f.Count++
}

// conclude fills in the verdict.
func (s *stress) conclude() {
	r := s.result
	r.Elapsed = s.cfg.Clock() - s.start
	if r.Histories > 0 {
		r.Open = s.openSum / float64(r.Histories)
	}
	for _, f := range r.Failures {
		f.Runs = r.Histories
	}
	if r.Reason == "" {
		r.Status, r.Reason = s.status()
	}
	s.describe()
}

// status weighs what was seen. A pass needs histories, most of them decided and with operations that overlapped.
func (s *stress) status() (Status, string) {
	r := s.result
	concurrent := s.target.clamp(s.cfg.Goroutines) > 1
	switch {
	case len(r.Failures) > 0:
		return Violated, ""
	case r.Histories == 0:
		return Inconclusive, "no history was finished within the budget"
	case concurrent && r.Vacuous == r.Histories:
		return Inconclusive, "no two operations overlapped in any history: nothing concurrent was tested"
	case r.Undecided*10 > r.Histories:
		return Inconclusive, fmt.Sprintf("the history checker gave up on %d of %d histories", r.Undecided, r.Histories)
	case s.engine == Chaos && s.injected == 0:
		return Inconclusive, "no fault was injected"
	case s.engine == Chaos && s.injected == s.unfired:
		return Inconclusive, fmt.Sprintf("faults were injected into %d histories, and none fired", s.injected)
	}
	return Held, ""
}

// describe fills in the columns and what was not proved.
func (s *stress) describe() {
	r, t := s.result, s.target
	if t.Model != nil {
		r.Details = append(r.Details, "linearizable")
	}
	if !t.World {
		r.Details = append(r.Details, "no leak")
	}
	if s.locks != nil {
		r.Details = append(r.Details, "no lock report")
	}
	if s.stalls > 0 {
		r.Details = append(r.Details, fmt.Sprintf("%d stalls: others finished in %d, were blocked in %d", s.stalls, s.stallsGood, s.stallsBad))
		if s.stallsBad == 0 {
			r.Details = append(r.Details, "progress while one goroutine was stalled")
		}
	}
	if r.Histories > 0 && r.Status == Held {
		r.NotProved = append(r.NotProved, fmt.Sprintf("%d clean histories bound the failure rate below %.2g %% a history (95 %%); no schedule was exhausted",
			r.Histories, 100*bound95(r.Histories)))
	}
	if s.unfired > 0 {
		r.NotProved = append(r.NotProved, fmt.Sprintf("in %d of %d histories with a fault it never fired", s.unfired, s.injected))
	}
	if r.Vacuous > 0 {
		r.NotProved = append(r.NotProved, fmt.Sprintf("in %d of %d histories no two operations overlapped", r.Vacuous, r.Histories))
	}
	if r.Undecided > 0 {
		r.NotProved = append(r.NotProved, fmt.Sprintf("the history checker gave up on %d histories", r.Undecided))
	}
}

// bound95 is the failure rate that n clean runs exclude with 95 % confidence: the solution of (1-p)^n = 0.05, about 3/n.
func bound95(n int64) float64 { return stats.RuleOfThree(int(n), 0.95) }

// sortedKeys returns the keys of a set in order.
func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return slices.Clip(keys)
}

// errNotHere is returned for an engine that does not run in this process.
var errNotHere = errors.New("this engine does not run inside one process")

// Drive runs a target under an engine in this process, and returns what it has to say. Race is stress: it is up to the caller to be a binary
// with the race detector and to read its reports. Soak is the command's: a series of runs.
//
// The context ends the run early; the result then covers what was done.
func Drive(ctx context.Context, t *Target, engine Engine, cfg Config) (*Result, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	if why := t.Skip[engine]; why != "" {
		return &Result{Target: t.ID(), Engine: engine, Seed: cfg.Seed, Skipped: true, Reason: why}, nil
	}
	switch engine {
	case Check:
		return guardedCheck(ctx, t, cfg), nil
	case Stress, Race:
		r := runStress(ctx, t, cfg)
		r.Engine = engine
		return r, nil
	case Chaos:
		if len(cfg.Faults) == 0 {
			cfg.Faults = applicable(t)
		}
		if len(cfg.Faults) == 0 {
			return nil, fmt.Errorf("chaos: %s: no fault applies", t.ID())
		}
		return runChaos(ctx, t, cfg), nil
	}
	return nil, fmt.Errorf("%s: %w", engine, errNotHere)
}

// applicable returns the faults of a target that it offers all needs of.
func applicable(t *Target) []*Fault {
	var list []*Fault
	for _, f := range t.Faults {
		if f.Applies(t) {
			list = append(list, f)
		}
	}
	return list
}
