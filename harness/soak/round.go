package soak

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// progressEvery is how often the progress of a round is told, at most.
const progressEvery = 100 * time.Millisecond

// An outcome is what came of a round.
type outcome struct {
	result *harness.Result
	// cut says that the soak was interrupted meanwhile: what was found counts, but the round will be run again.
	cut bool
	// stuck says that the engine did not return.
	stuck bool
}

// drive runs a round: the engine on a goroutine of its own, so that one that does not return can be left behind.
func (s *soak) drive(ctx context.Context, b *begin, limit time.Duration) outcome {
	m := &meter{soak: s, target: b.Target, last: s.cfg.Clock()}
	cfg := s.cfg.Round
	cfg.Seed, cfg.For, cfg.Clock, cfg.Progress, cfg.Keep = uint64(b.Seed), limit, s.cfg.Clock, m.progress, true
	done := make(chan *harness.Result, 1)
	go func() { done <- s.guarded(ctx, b, cfg) }()
	overdue, stop := after(limit, s.cfg.Overrun)
	defer stop()
	select {
	case r := <-done:
		return outcome{result: r, cut: ctx.Err() != nil}
	case <-overdue:
		m.close()
		return outcome{result: stuckResult(limit), stuck: true}
	case <-ctx.Done():
	}
	patience, stop := after(s.cfg.Round.Patience, 0)
	defer stop()
	select {
	case r := <-done:
		return outcome{result: r, cut: true}
	case <-patience:
		m.close()
		return outcome{result: &harness.Result{}, cut: true}
	}
}

// after returns a channel that is ready when a bounded time and some more are over. Without a bound it never is.
func after(bound, more time.Duration) (<-chan time.Time, func() bool) {
	if bound <= 0 {
		return nil, func() bool { return true }
	}
	t := time.NewTimer(bound + more)
	return t.C, t.Stop
}

// guarded runs the engine. A panic on its goroutine, such as one of the target's constructor, is a failure of the target.
func (s *soak) guarded(ctx context.Context, b *begin, cfg harness.Config) (r *harness.Result) {
	defer func() {
		if e := recover(); e != nil {
			message := fmt.Sprint(e)
			r = failed("panic", "panic while the target was set up: "+message, string(debug.Stack()))
		}
	}()
	r, err := s.engine(ctx, s.targets[b.Target], b.Engine, cfg)
	if err != nil {
		return &harness.Result{Status: harness.Inconclusive, Reason: err.Error()}
	}
	return r
}

// failed is the result of a round that failed as a whole.
func failed(kind, message, evidence string) *harness.Result {
	f := &harness.Failure{Verdict: harness.Violation(kind, message, evidence), Signature: kind + ": " + message, Count: 1, Runs: 1}
	return &harness.Result{Status: harness.Violated, Failures: []*harness.Failure{f}}
}

// stuckResult is the result of a round that did not end.
func stuckResult(limit time.Duration) *harness.Result {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return failed("hang", "the engine did not end a round long after its budget", fmt.Sprintf("budget %v\n%s", limit, stacks))
}

// A meter tells the progress of a round, added to what its target did before.
type meter struct {
	soak   *soak
	target string

	mu     sync.Mutex
	last   time.Duration
	closed bool
}

// progress is called by the engine.
func (m *meter) progress(runs, operations int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.soak.cfg.Clock()
	if m.closed || now-m.last < progressEvery {
		return
	}
	m.last = now
	e := m.soak.totals(m.target)
	e.Kind, e.Histories, e.Operations = report.Progress, e.Histories+runs, e.Operations+operations
	m.soak.cfg.Emit(e)
}

// close makes the meter silent: its engine was left behind.
func (m *meter) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
}

// summarise turns a result into what the journal keeps, and lists the examples that are worth keeping in full.
func (s *soak) summarise(b *begin, o outcome) (*summary, []*Example) {
	r := o.result
	e := &summary{Status: status(r.Status), Reason: r.Reason, Histories: r.Histories, Operations: r.Operations, Schedules: r.Schedules,
		Vacuous: r.Vacuous, Undecided: r.Undecided, Open: r.Open, MaxOpen: r.MaxOpen, Elapsed: r.Elapsed}
	var examples []*Example
	for _, f := range r.Failures {
		e.saw(f.Signature, max(f.Count, 1))
		if x := s.keep(b, f); x != nil {
			examples = append(examples, x)
		}
	}
	return e, examples
}

// saw counts a failure. An engine may give two of its failures one name in the end.
func (t *summary) saw(signature string, n int64) {
	i := slices.IndexFunc(t.Seen, func(c sighting) bool { return c.Signature == signature })
	if i < 0 {
		t.Seen = append(t.Seen, sighting{Signature: signature})
		i = len(t.Seen) - 1
	}
	t.Seen[i].Count += n
}

// keep returns a failure as an example, after it was saved, or nil if enough of its bucket are kept.
func (s *soak) keep(b *begin, f *harness.Failure) *Example {
	x := example(f)
	x.Round, x.At = s.state.round, s.now()
	have := s.state.find(s.state.pairIndex(), f.Signature)
	if have != nil && have.examples >= s.state.Limit && !have.better(x) {
		return nil
	}
	if have == nil || have.first == nil || smaller(x, have.smallest) {
		f.Target, f.Engine = b.Target, b.Engine
		x.Case = s.cfg.OnFailure(f)
	}
	return x
}

// status translates a status of engines into one of reports.
func status(s harness.Status) report.Status { return report.Status(s.String()) }
