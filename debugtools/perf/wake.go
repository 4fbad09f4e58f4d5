package perf

import (
	"time"

	"golang.org/x/exp/trace"
)

// site returns the place where a goroutine waits, or nil if nothing is known of it.
func (a *account) site(g *goroutine, syscall bool) *Site {
	if g.Group.System {
		return nil
	}
	key := siteKey{g.kind, syscall, g.at}
	s := a.sites[key]
	if s == nil {
		if len(a.sites) >= maxSites {
			a.trace.Cut++
			key.at = nil
			if s = a.sites[key]; s != nil {
				return s
			}
		}
		s = &Site{Kind: key.kind, Syscall: syscall, Place: key.at.site(), Stack: key.at.all(), Group: g.Group}
		a.sites[key] = s
	}
	return s
}

// all returns the frames of a stack.
func (s *stack) all() []Frame {
	if s == nil {
		return nil
	}
	return s.frames
}

// woken accounts for a wait that ends: at its site, and at the edge from whoever ended it.
func (a *account) woken(g *goroutine, s *Site, e *trace.Event, d time.Duration) {
	t := e.Time()
	s.add(d)
	s.Full += a.use.Full - g.full
	var waker *goroutine
	var at *stack
	if id := e.Goroutine(); id != trace.NoGoroutine && id != trace.GoID(g.ID) {
		if waker = a.live[id]; waker != nil && !waker.Group.System {
			at = a.intern(e.Stack())
		}
	}
	edge := a.edge(g, at, waker)
	edge.add(d)
	if g.kind.IsLock() {
		if waker != nil {
			edge.heldBy(waker, g.since, t)
		}
		g.gotLock, g.off = t, off{}
		return
	}
	g.offProcessor(off{g.since, t, g.kind, g.at})
}

// edge returns the edge between where a goroutine waits and where it is woken.
func (a *account) edge(g *goroutine, at *stack, waker *goroutine) *Edge {
	key := edgeKey{g.kind, g.at, at}
	edge := a.edges[key]
	if edge == nil {
		if len(a.edges) >= maxEdges {
			a.trace.Cut++
			key.waiter, key.waker = nil, nil
			if edge = a.edges[key]; edge != nil {
				return edge
			}
		}
		edge = &Edge{Kind: g.kind, Waiter: key.waiter.site(), Waker: key.waker.site(), WaiterStack: key.waiter.all(), WakerStack: key.waker.all(), Waiters: g.Group}
		if at != nil {
			edge.Wakers = waker.Group
		}
		a.edges[key] = edge
	}
	return edge
}

// offProcessor notes the longest wait since the goroutine last got a lock that it had to wait for.
func (g *goroutine) offProcessor(o off) {
	if o.to-o.from > g.off.to-g.off.from {
		g.off = o
	}
}

// heldBy adds how long the waker of a lock was off the processor within the wait. It cannot be proved that it had the lock by then; but it unlocks
// now, and of somebody who holds a lock and waits, nothing else is seen.
func (e *Edge) heldBy(waker *goroutine, from, to trace.Time) {
	o := waker.off
	d := time.Duration(min(o.to, to) - max(o.from, from))
	if o.at == nil || d <= 0 || o.from < waker.gotLock {
		return
	}
	e.Off += d
	if d > e.offMax {
		e.offMax, e.OffKind, e.OffPlace = d, o.kind, o.at.site()
	}
}

// noticeIdle notices when nothing of the program runs any more or is ready, and what ends that.
func (a *account) noticeIdle(g *goroutine, active bool) {
	idle := a.user.running == 0 && a.user.runnable == 0 && a.user.syscall == 0 && a.user.live > 0
	switch {
	case idle && !a.idle:
		a.idleSince = a.now
	case !idle && a.idle && active && !g.Group.System:
		a.idled(g)
	}
	a.idle = idle
}

// idled accounts for a time in which nothing of the program ran, which g ended.
func (a *account) idled(g *goroutine) {
	key := idleKey{g.kind, g.at.site()}
	i := a.idles[key]
	if i == nil {
		if len(a.idles) >= maxSites {
			a.trace.Cut++
			return
		}
		i = &Idle{Kind: key.kind, Place: key.place}
		a.idles[key] = i
	}
	d := time.Duration(a.now - a.idleSince)
	if d > i.Max {
		i.LongestAt = time.Duration(a.idleSince - a.start)
	}
	i.add(d)
}
