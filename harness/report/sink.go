package report

import (
	"cmp"
	"errors"
	"io"
	"sync"
	"time"
)

// A Sink takes events. The sinks of this package may be used by many goroutines at once, and never fail an Emit: the first error of a
// writer is kept for Close.
type Sink interface {
	Emit(Event)
}

// Multi passes events on to several sinks, all in the same order.
type Multi struct {
	mu    sync.Mutex
	now   func() time.Time
	sinks []Sink
	start Event
}

// NewMulti returns a sink that completes events and passes them to each of the sinks. An event without a time gets that of now; one
// without an engine or a package gets those of the last start event. Where a [Live] line shares a terminal with a [Text], it must come
// first: it makes room for the text.
func NewMulti(now func() time.Time, sinks ...Sink) *Multi {
	return &Multi{now: now, sinks: sinks}
}

// Emit passes an event to each sink in turn. When it returns, all have it.
func (m *Multi) Emit(e Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e.Time.IsZero() {
		e.Time = m.now()
	}
	if e.Kind == Start {
		m.start = e
	}
	e.Engine, e.Package = cmp.Or(e.Engine, m.start.Engine), cmp.Or(e.Package, m.start.Package)
	for _, s := range m.sinks {
		s.Emit(e)
	}
}

// Tick passes the time to each sink that has a Tick method. Call it about ten times a second while a run lasts. Through Multi a live
// line is never drawn between the lines of a text.
func (m *Multi) Tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sinks {
		if t, ok := s.(interface{ Tick() }); ok {
			t.Tick()
		}
	}
}

// Close closes each sink that can be closed, and returns their errors. It does not close the writers below them.
func (m *Multi) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []error
	for _, s := range m.sinks {
		if c, ok := s.(io.Closer); ok {
			all = append(all, c.Close())
		}
	}
	return errors.Join(all...)
}

// A Tally counts verdicts, and makes the event that ends a run.
type Tally struct {
	mu     sync.Mutex
	ledger ledger
	end    Event
	counts Counts
}

// Emit counts the verdicts and their totals.
func (t *Tally) Emit(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == Start && t.end.Engine == "" {
		t.end.Engine, t.end.Package, t.end.Subject, t.end.Seed = e.Engine, e.Package, e.Subject, e.Seed
	}
	if o, ok := t.ledger.add(e); ok {
		t.add(o)
	}
}

func (t *Tally) add(o outcome) {
	v := o.verdict
	t.counts.Add(v.Status)
	t.end.Histories += v.Histories
	t.end.Operations += v.Operations
	t.end.Schedules += v.Schedules
	t.end.Failures += v.Failures
}

// Summary returns the end event of what was emitted so far, with counts, totals and the exit code. Targets that were begun but have no
// verdict count by what is known of them. The caller adds Elapsed and NotProved, and may overrule Exit.
func (t *Tally) Summary() Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range t.ledger.rest() {
		t.add(o)
	}
	e, counts := t.end, t.counts
	e.Kind, e.Counts = End, &counts
	e.Exit = new(counts.Worst().Exit())
	return e
}
