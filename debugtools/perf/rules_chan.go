package perf

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// consumerFindings finds consumers of channels that all producers wait for: senders are blocked and woken by receivers that hardly ever wait for work.
func (t *Trace) consumerFindings() []finding.Finding {
	var all []finding.Finding
	for _, e := range t.Edges {
		if e.Kind != ChanSend || e.Wakers == nil || e.Count < sends || t.average(e.Total) < sendersBlocked {
			continue
		}
		if c := e.Wakers; share(c.Times.Blocked[ChanReceive]+c.Times.Blocked[Select], c.Times.Total()) < consumerIdle {
			all = append(all, t.consumerFinding(e))
		}
	}
	return all
}

// consumerFinding says what the consumers do while producers wait.
func (t *Trace) consumerFinding(e *Edge) finding.Finding {
	c := e.Wakers
	what, spent := t.mostOf(c)
	fix := "receive with more goroutines, or in batches; a larger buffer only moves the time at which it is full"
	if c.Times.Running > c.Times.Total()/2 && share(t.Use.Full, t.Duration) > fullNote {
		fix = "all processors are busy: make what the consumer does cheaper; more consumers will not help"
	}
	return likely("slow-consumer", 0.8, e.Total,
		fmt.Sprintf("producers wait for %s %s: on average %s goroutines are blocked sending at %s", plural(c.Count, "consumer"), c.who(),
			digits(t.average(e.Total)), e.Waiter),
		fix,
		fmt.Sprintf("%d sends waited, on average %s, at most %s", e.Count, short(e.Mean()), short(e.Max)),
		fmt.Sprintf("received at %s, where consumers wait for work in only %s of their life", e.Waker,
			percent(share(c.Times.Blocked[ChanReceive]+c.Times.Blocked[Select], c.Times.Total()))),
		fmt.Sprintf("consumers spend %s of their life %s", percent(share(spent, c.Times.Total())), what))
}

// mostOf says in which state the goroutines of a group spend most of their time, and where.
func (t *Trace) mostOf(g *Group) (what string, spent time.Duration) {
	what, spent = "running", g.Times.Running
	if g.Times.Runnable > spent {
		what, spent = "waiting for a processor", g.Times.Runnable
	}
	if g.Times.Syscall > spent {
		what, spent = "in system calls"+t.placeOf(g, Other, true), g.Times.Syscall
	}
	for k, d := range g.Times.Blocked {
		if d > spent {
			what, spent = "blocked ("+Kind(k).String()+")"+t.placeOf(g, Kind(k), false), d
		}
	}
	return what, spent
}

// placeOf names the place where a group waits most, or nothing.
func (t *Trace) placeOf(g *Group, k Kind, syscall bool) string {
	for _, s := range t.Sites {
		if s.Group == g && s.Kind == k && s.Syscall == syscall && s.Place.Func != "" {
			return " at " + s.Place.String()
		}
	}
	return ""
}
