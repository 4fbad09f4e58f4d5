package explore

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A ground is what the first schedule of a test, which follows the default rule, shows about it.
type ground struct {
	finding  *finding
	steps    int  // the limit of operations for other schedules
	points   int  // that the first one took
	idle     bool // there was nothing to decide
	skips    bool // the test skips itself
	programs bool // the test generates programs, one a schedule
	isolated bool // the test leaves something behind that the next schedule sees: each gets a process of its own
	silence  time.Duration
	elapsed  time.Duration
	refused  string // why the test cannot be explored, for the fall back to stress
	problem  string // why nothing is known about it
}

// Limits of operations in a schedule: of the baseline, and of others, which get a multiple of what the baseline needed.
const (
	baselineSteps = 5_000_000
	leastSteps    = 100_000
	stepsFactor   = 50
)

// ground runs the first schedule of a test in four fresh processes at the same time. Two run it once: they must take the same decisions, or the test is not
// under control. Two run it after it has been run before, once and twice: where the last of these takes other decisions, the test keeps state.
func (t *trial) ground(ctx context.Context) ground {
	path, race := t.pkg.Plain, false // which is faster, and decides the same
	if path == "" {
		path, race = t.pkg.binary()
	}
	var runs [4]*outcome
	var all sync.WaitGroup
	for i := range runs {
		r := t.request(baseline, 0, 1)
		r.steps = baselineSteps
		if t.target != nil {
			r.steps = leastProgramSteps
		}
		r.warmup = i >= 2
		if i == 3 {
			r.count, r.stride = 2, 0
		}
		all.Go(func() { runs[i] = t.launcher.run(ctx, t.job(path, race, r)) })
	}
	all.Wait()
	g := t.compare(runs[0], runs[1], race)
	if g.finding == nil && g.refused == "" && g.problem == "" {
		g.isolated = t.leaves(runs[2], runs[3])
	}
	return g
}

// compare draws the conclusions from two runs of the first schedule.
func (t *trial) compare(a, b *outcome, race bool) ground {
	g := ground{silence: max(t.config.Silence, 20*a.elapsed), elapsed: a.elapsed}
	for _, o := range []*outcome{a, b} {
		if o.outside != nil {
			g.refused = reaches(o.outside)
			return g
		}
		if f := o.finding(t.test); f == nil && o.complaint() != "" {
			g.problem = o.complaint()
			return g
		}
	}
	if a.cancelled || b.cancelled {
		return g
	}
	if a.done != nil && a.done.Unfinished > 0 {
		g.problem = fmt.Sprintf("it has not ended after %d operations: a very long test, or one that never ends", a.now.Points)
		return g
	}
	first := a.finding(t.test)
	g.refused = differ(first, b.finding(t.test), a, b)
	if g.refused == "" && first != nil {
		first.race, first.strategy = race, baseline
		g.finding = first
	}
	g.points = int(a.now.Points)
	g.steps = min(baselineSteps, max(leastSteps, stepsFactor*g.points))
	g.programs = len(a.programs) > 0
	g.idle = a.now.Decisions == 0 && !g.programs && (a.done == nil || a.done.Close == 0) // another program has decisions
	g.skips = a.done != nil && a.done.Skipped > 0
	if g.programs {
		g.steps = leastProgramSteps
		if g.finding == nil {
			g.steps = min(baselineSteps, max(leastProgramSteps, stepsFactor*g.points))
		}
	}
	return g
}

// differ says how two runs of one schedule differ, or returns "".
func differ(first, second *finding, a, b *outcome) string {
	switch {
	case (first == nil) != (second == nil):
		return "not deterministic (of two runs of the first schedule one failed)"
	case first != nil && first.execution.Failure != second.execution.Failure:
		return fmt.Sprintf("not deterministic (two runs of the first schedule failed differently: %s, %s)", first.execution.Failure, second.execution.Failure)
	case a.done != nil && b.done != nil && a.done.Digest != b.done.Digest:
		return "not deterministic (two runs of the first schedule took different decisions)"
	}
	return ""
}

// leaves reports whether a test leaves something in its process that the next schedule sees: it ran twice and three times there.
func (t *trial) leaves(twice, thrice *outcome) bool {
	if twice.cancelled || thrice.cancelled {
		return false
	}
	clean := func(o *outcome) bool { return o.done != nil && o.failed == nil && o.outside == nil }
	return !clean(twice) || !clean(thrice) || twice.done.Last != thrice.done.Last
}
