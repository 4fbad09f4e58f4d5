package explore

import (
	"context"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A Failure is a schedule that made a test fail, minimised and replayed as far as that was possible.
type Failure struct {
	Package   Package
	Test      string
	Kind      string // deadlock, leak, panic, assertion, race, livelock, exit, crash, hang
	Race      bool   // found in the executable with the race detector
	Number    uint64 // of the schedule that failed first
	Strategy  string
	Seed      uint64         // of that schedule
	Switches  []sched.Switch // as few as were found to be enough
	From      int            // how many there were at first
	Minimal   bool           // none of them can be left out
	Replayed  int            // of Replays fresh processes failed in the same way
	Replays   int
	Together  bool // it fails only together with the schedules before it in one process, and the replays were of all these
	Execution *explain.Execution
	Program   []string // what the clients of a target did, a client a line, as few operations as were found to be enough
	Longer    int      // how many operations there were at first
	After     time.Duration
	Schedules int64  // of the test until then
	Case      string // the path of its case, "" if there is none
	CaseError error
	Saved     bool   // the case was there before
	How       string // such a case failed again

	chunk   *request
	program *program
	target  *Target
	place   string // where it was found, if the program was made smaller since
	steps   int
	leaks   bool
	warm    bool
}

// Bounds of minimising a failure: each test of a list of switches is a process.
const (
	minimiseTests = 400
	minimiseFor   = 15 * time.Second
	replays       = 2
	hangSilence   = 3 * time.Second
)

// doubtful reports whether a hang never came again: a schedule took long, that is all, and perhaps the machine was busy.
func (x *Failure) doubtful() bool {
	return x.Kind == string(signature.Hang) && x.Replays > 0 && x.Replayed == 0
}

// investigate replays and minimises what was found, and saves it. It returns nil if that turns out to be no failure.
func (t *trial) investigate(ctx context.Context, f *finding) *Failure {
	x := &Failure{Package: t.pkg, Test: t.test, Kind: f.execution.Failure, Race: f.race, Number: f.number, Strategy: f.strategy, Seed: f.seed, Switches: f.switches,
		From: len(f.switches), Execution: f.execution, After: f.after, Schedules: f.schedules, chunk: f.chunk, steps: t.limits.steps, leaks: !t.config.NoLeaks, warm: f.warm(),
		program: f.program, target: t.target}
	if t.config.cursory {
		return x
	}
	if first := t.replay(ctx, f, f.switches, true).finding(t.test); first != nil && explain.Same(first.execution, f.execution) {
		x.Execution = first.execution
		f = t.shrink(ctx, f, x)
		t.minimise(ctx, f, x)
		t.confirm(ctx, f, x)
	} else if f.chunk != nil && ctx.Err() == nil {
		x.Together, x.Replayed, x.Replays = true, t.together(ctx, f), replays
	}
	if x.doubtful() {
		return nil
	}
	t.save(x)
	return x
}

// warm reports whether the test had run in the process before the schedule that failed.
func (f *finding) warm() bool { return f.chunk != nil && f.chunk.warmup }

// replay runs one list of switches in a fresh process.
func (t *trial) replay(ctx context.Context, f *finding, switches []sched.Switch, traced bool) *outcome {
	j := t.job(t.pkg.other(f.race), f.race, request{replay: true, test: t.test, strategy: f.strategy, seed: f.seed, from: f.number, count: 1,
		steps: t.limits.steps, leaks: !t.config.NoLeaks, trace: traced, warmup: f.warm(), switches: switches, program: f.program})
	if f.execution.Failure == string(signature.Hang) { // one schedule needs little time: do not wait as long as for many
		j.silence = min(j.silence, max(hangSilence, 20*t.limits.elapsed))
	}
	return t.launcher.run(ctx, j)
}

// minimise looks for fewer switches that make the same failure.
func (t *trial) minimise(ctx context.Context, f *finding, x *Failure) {
	end := t.config.Now().Add(minimiseFor)
	m := sched.Minimise(f.switches, t.oracle(ctx, f, x.Execution), sched.Budget{Tests: minimiseTests, Batch: t.config.Workers, Stop: func() bool {
		return ctx.Err() != nil || t.config.Now().After(end)
	}})
	if m.Reproduced {
		x.Switches, x.Minimal = m.Switches, m.Minimal
	}
}

// oracle replays lists of switches at the same time, in a fresh process each, and compares the failures with the first.
func (t *trial) oracle(ctx context.Context, f *finding, first *explain.Execution) sched.Oracle {
	return func(lists [][]sched.Switch) []sched.Result {
		results := make([]sched.Result, len(lists))
		var all sync.WaitGroup
		for i, list := range lists {
			all.Go(func() {
				if g := t.replay(ctx, f, list, false).finding(t.test); g != nil && explain.Same(first, g.execution) {
					results[i] = sched.Result{Fails: true, Actual: g.switches}
				}
			})
		}
		all.Wait()
		return results
	}
}

// confirm replays the smallest schedule, recorded, in fresh processes, and counts how many fail in the same way.
func (t *trial) confirm(ctx context.Context, f *finding, x *Failure) {
	first := x.Execution
	var all [replays]*outcome
	var both sync.WaitGroup
	for i := range all {
		both.Go(func() { all[i] = t.replay(ctx, f, x.Switches, true) })
	}
	both.Wait()
	for _, o := range all {
		if o.cancelled {
			continue
		}
		x.Replays++
		if g := o.finding(t.test); g != nil && explain.Same(first, g.execution) {
			x.Replayed++
			x.Execution = g.execution
		}
	}
}

// together runs the chunk again in which a failure was found, in fresh processes, and counts how many fail at the same schedule in the same way.
func (t *trial) together(ctx context.Context, f *finding) (failed int) {
	r := *f.chunk
	r.count, r.trace = (f.number-r.from)/max(1, r.stride)+1, true
	j := t.job(t.pkg.other(f.race), f.race, r)
	j.deadline = time.Time{}
	for range replays {
		g := t.launcher.run(ctx, j).finding(t.test)
		if g != nil && g.number == f.number && explain.Same(f.execution, g.execution) {
			failed++
		}
	}
	return failed
}
