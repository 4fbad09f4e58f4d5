package harness

import (
	"context"
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// A Replay is what running a case again showed.
type Replay struct {
	// Reproduced says that a run failed as the case says.
	Reproduced bool
	// Failed of Runs runs failed so. A replay ends with the first failure.
	Failed, Runs int
	// Verdict is that of the failing run, or of the last one.
	Verdict Verdict
	// Diverged says, for an exact replay that did not reproduce, how the run differs from the recorded one.
	Diverged string
	// Wanted is the number of runs that make the answer "not reproduced" trustworthy: with the recorded probability, the failure would have
	// shown itself with 99.9 %. If Runs is smaller, the budget ended first.
	Wanted int
}

// Bounds of a statistical replay.
const (
	fewestReplays = 50
	mostReplays   = 20_000
)

// ReplayCase runs a case of the target again: once if its schedule is recorded, else as often as its probability asks for, or as
// [Config.Iterations] says. Config gives the budget ([Config.For], default 30 s) and the patience. An error means that the case does not fit the target, or cannot be run here.
func ReplayCase(ctx context.Context, t *Target, c *casefile.Case, cfg Config) (*Replay, error) {
	r, err := t.recipe(c)
	if err != nil {
		return nil, err
	}
	if cfg.For == 0 {
		cfg.For = 30 * time.Second
	}
	cfg.LockCheck = r.lock
	cfg = cfg.with(4, 16)
	if c.Fidelity.Level == casefile.Exact {
		return r.exact(c, cfg), nil
	}
	return r.statistical(ctx, c, cfg)
}

// exact follows the recorded decisions.
func (r *recipe) exact(c *casefile.Case, cfg Config) *Replay {
	v, missed := replayExactly(r.target, r.program, r.schedule, r.seed, r.faults, cfg.Configs)
	out := &Replay{Runs: 1, Wanted: 1, Verdict: v, Reproduced: matches(v, c.Kind, c.Signature)}
	if out.Reproduced {
		out.Failed = 1
		return out
	}
	switch {
	case missed > 0:
		out.Diverged = fmt.Sprintf("%d of %d forced switches did not apply: the code passes other points now", missed, len(r.schedule))
	case v.Status == Violated:
		out.Diverged = "it fails in another way: " + v.Kind + ": " + v.Message
	case v.Status == Inconclusive:
		out.Diverged = "inconclusive: " + v.Message
	default:
		out.Diverged = "the schedule was followed to its end, and nothing was violated"
	}
	return out
}

// replayExactly is replayExact with the number of switches that did not apply.
func replayExactly(t *Target, p Program, s Schedule, seed uint64, faults []*Fault, limit int) (Verdict, int) {
	if t.World {
		return replayWorld(t, p, seed, faults, limit), 0
	}
	switch {
	case t.World:
		return replayWorld(t, p, seed, faults, limit), 0
	case !t.Points:
		return replayExact(t, p, s, seed, limit), 0
	}
	c := newControlled(t, p.Clients(), limit)
	defer c.close()
	return c.replay(p, s, seed)
}

// statistical repeats the program on real goroutines until it fails as recorded.
func (r *recipe) statistical(ctx context.Context, c *casefile.Case, cfg Config) (*Replay, error) {
	out := &Replay{Wanted: cfg.Iterations}
	if out.Wanted == 0 {
		out.Wanted = replaysFor(c.Fidelity)
	}
	re := newRepeater(r.target, cfg, r.faults)
	defer re.close()
	start := cfg.Clock()
	for out.Runs < out.Wanted && ctx.Err() == nil && cfg.Clock()-start < cfg.For {
		cfg.Announce(int64(out.Runs) + 1)
		v, _, err := re.run(ctx, r.program, repeatSeed(r.seed, uint64(out.Runs), r.faults))
		if err != nil {
			return nil, err
		}
		out.Runs++
		if out.Verdict = v; matches(v, c.Kind, c.Signature) {
			out.Reproduced, out.Failed = true, 1
			return out, nil
		}
	}
	out.Diverged = fmt.Sprintf("no failure of this kind in %d runs", out.Runs)
	if out.Runs < out.Wanted {
		out.Diverged += fmt.Sprintf("; %d would be needed to be sure, but the budget ended", out.Wanted)
	}
	return out, nil
}

// replaysFor returns how many clean runs show that a failure of that probability is gone.
func replaysFor(f casefile.Fidelity) int {
	low := stats.ClopperPearson(f.Failed, f.Runs, 0.95).Low
	return min(max(stats.RunsNeeded(low, 0.999), fewestReplays), mostReplays)
}

// matches reports whether a verdict is the failure of that kind and signature. What is stuck in a hang differs from run to run.
func matches(v Verdict, kind, sig string) bool {
	if v.Status != Violated || v.Kind != kind {
		return false
	}
	return kind == "hang" || sig == "" || signature(v) == sig
}

// A repeater runs one program after another on real goroutines.
type repeater struct {
	*stress
	faults []*Fault
}

func newRepeater(t *Target, cfg Config, faults []*Fault) *repeater {
	s := newStress(t, cfg, Stress)
	s.begin()
	return &repeater{s, faults}
}

// run executes a program once and judges it like stress does.
func (r *repeater) run(ctx context.Context, p Program, seed uint64) (Verdict, *execution, error) {
	x, err := r.live.run(ctx, p, seed, r.faults)
	if err != nil {
		return Verdict{}, nil, err
	}
	return r.settle(x), x, nil
}

// close undoes what the stress of the repeater changed.
func (r *repeater) close() { r.finish() }
