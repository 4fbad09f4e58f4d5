package diagnose

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// A queue is everybody who waits for one lock.
type queue struct {
	addr    uint64
	waiters []*goroutine
	minutes int // the longest of their waits
}

// queues lists the locks that goroutines wait for, in the order of the dump.
func (c *inquiry) queues() []*queue {
	var all []*queue
	at := map[uint64]*queue{}
	for i := range c.goroutines {
		g := &c.goroutines[i]
		if !g.kind.lock() || g.addr == 0 || g.user < 0 {
			continue
		}
		q := at[g.addr]
		if q == nil {
			q = &queue{addr: g.addr}
			at[g.addr] = q
			all = append(all, q)
		}
		q.waiters = append(q.waiters, g)
		q.minutes = max(q.minutes, g.Minutes)
	}
	return all
}

// crowd is from how many waiters on a queue is worth a note.
const crowd = 8

// heads looks at who holds the locks for which others queue, and what they do meanwhile.
func heads(c *inquiry) {
	for _, q := range c.queues() {
		if c.said[q.waiters[0].ID] {
			continue
		}
		h, at := c.holderOf(q)
		switch {
		case h != nil:
			c.head(q, h, at)
		case len(q.waiters) >= crowd:
			c.add(finding.Finding{Kind: "convoy", Title: fmt.Sprintf("%s for %s; who holds it cannot be seen in this dump",
				waitgraph.Count(len(q.waiters), "goroutine waits", "goroutines wait"), wanted(q.waiters[0])), Objects: []uint64{q.addr},
				Evidence: linesOf(q.waiters), Fix: "a program that records owners prints the holder"}, q.waiters...)
		}
	}
}

// holderOf returns the one goroutine that the graph takes for the holder of what a queue waits for, and where it locked it.
func (c *inquiry) holderOf(q *queue) (*goroutine, string) {
	for _, w := range q.waiters {
		i, ok := c.graph.Find(w.ID)
		if !ok {
			continue
		}
		for _, n := range c.graph.Needs[i] {
			if len(n.By) == 1 && (n.All || !n.Open) {
				return c.byID[c.graph.Goroutines[n.By[0].Goroutine].ID], n.By[0].At
			}
		}
	}
	return nil, ""
}

// head reports what the holder of a lock does while others wait. In a program that works, locks are held while it sends, receives, reads and
// writes, for moments: it is accused only where the wait is seen to be long, or nothing is left that could end it.
func (c *inquiry) head(q *queue, h *goroutine, at string) {
	n := len(q.waiters)
	quiet := !c.busy && !c.awake || q.minutes > 0
	f := finding.Finding{Kind: "holder-blocked", Certainty: finding.Note, Objects: []uint64{q.addr}}
	what, made := "", q.waiters[0].kind == onOnce // to wait while somebody makes what all want is what a Once is for
	switch h.kind {
	case sleeping:
		f.Kind, what = "holder-asleep", "sleeps"
		if n > 1 && !made {
			f.Certainty = finding.Likely
		}
		f.Fix = "do not sleep with the lock held at " + h.at()
	case inIO, syscall:
		f.Kind, what = "holder-in-io", "is in "+h.State
		if n >= 4 && !made || q.minutes > 0 {
			f.Certainty = finding.Likely
		}
		f.Fix = "do not wait for the world with the lock held at " + h.at() + ", or set a deadline"
	case onSend, onReceive, onSelect, onGroup, onCond, forever:
		what = "waits itself (" + h.State + ")"
		if quiet && !h.timed && !c.served(h) {
			f.Certainty = finding.Likely
		}
		f.Fix = "unlock before waiting at " + h.at()
	default:
		f.Kind, what = "contention", "is "+h.State
		if n < crowd {
			return
		}
	}
	f.Title = fmt.Sprintf("%s for %s, held by %s, which %s", waitgraph.Count(n, "goroutine waits", "goroutines wait"), wanted(q.waiters[0]), number(h), what)
	f.Evidence = append([]string{"holder, by " + at + ": " + h.line()}, linesOf(q.waiters)...)
	f.Weight = float64(n)
	c.add(f, append([]*goroutine{h}, q.waiters...)...)
}

// served reports whether the source of somebody who is not stuck says that they will do what a goroutine waits for.
func (c *inquiry) served(h *goroutine) bool {
	i, ok := c.graph.Find(h.ID)
	if !ok {
		return false
	}
	for _, n := range c.graph.Needs[i] {
		if len(n.By) > 0 {
			return true
		}
	}
	return false
}

// missingUnlocks reports locks that nobody in the dump holds, where a function of the same file leaves with it locked.
func missingUnlocks(c *inquiry) {
	for _, q := range c.queues() {
		w := q.waiters[0]
		if h, _ := c.holderOf(q); c.said[w.ID] || h != nil || w.wants == nil || c.busy && q.minutes == 0 {
			continue
		}
		file := c.src.file(w.frame().File)
		if file == nil {
			continue
		}
		for _, fn := range file.funcs {
			line := fn.keepsLocked(w.wants)
			if line == 0 {
				continue
			}
			c.add(finding.Finding{Kind: "missing-unlock", Certainty: finding.Likely, Objects: []uint64{q.addr},
				Title: fmt.Sprintf("%s for %s, which nobody in this dump holds: %s returns with it locked",
					waitgraph.Count(len(q.waiters), "goroutine waits", "goroutines wait"), w.wants.text, fn.name),
				Evidence: append([]string{fmt.Sprintf("%s returns at line %d without unlocking", fn.name, line)}, linesOf(q.waiters)...),
				Fix:      fmt.Sprintf("unlock before the return at line %d of %s: defer Unlock behind Lock", line, position(w.frame()))}, q.waiters...)
			break
		}
	}
}
