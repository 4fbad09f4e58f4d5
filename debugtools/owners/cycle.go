package owners

import (
	"iter"
	"slices"
)

// A cycle is a chain of events in which each takes a lock that the next one holds, and the last one takes one that the first one holds. If they can happen at the
// same time, the program can deadlock: every goroutine has got what the one before it waits for.
//
// That is the algorithm of Havelund ("Using Runtime Analysis to Guide Model Checking of Java Programs", 2000) for two locks, and of Bensalem and
// Havelund ("Dynamic Deadlock Analysis of Multi-Threaded Programs", 2005) for any number: the goroutines differ, and no two of them hold the same lock
// (a gate, which lets only one of them in). That they are not ordered by go statements and joins is from Agarwal, Wang and Stoller ("Detecting Potential
// Deadlocks with Static Analysis and Run-Time Monitoring", 2005), who call what lies between them segments; channels order here as well. Names for what
// locks have in common, and edges instead of all that ever happened, are ideas of lockdep in the Linux kernel.

// limits of the search, which is exponential in theory: a cycle has at most maxCycle goroutines, and after maxSteps steps the search ends.
const (
	maxCycle = 8
	maxSteps = 500_000
)

// A cycle is one chain of events.
type cycle struct {
	events  []int
	locks   []int // what each of them takes
	readers bool  // somewhere a reader waits for a reader: it takes a writer that comes between
}

// A search looks for cycles.
type search struct {
	report *Report
	events [][]int       // of each edge
	next   map[int][]int // by lock: the edges with it in Holds
	found  []cycle
	steps  int
	path   []int // edges
}

// newSearch prepares a search.
func newSearch(r *Report) *search {
	s := &search{report: r, events: make([][]int, len(r.Edges)), next: map[int][]int{}}
	for i, e := range r.Events {
		s.events[e.Edge] = append(s.events[e.Edge], i)
	}
	for i := range s.part() {
		for _, h := range r.Edges[i].Holds {
			s.next[h.Lock] = append(s.next[h.Lock], i)
		}
	}
	return s
}

// part yields the edges that may be part of a cycle: what they take somebody holds, and somebody takes what they hold, among those that are left. Where
// locks have an order, no edge is left, so there is nothing to search. It takes time in the order of the edges, times the length of the longest chain.
func (s *search) part() iter.Seq[int] {
	all := s.report.Edges
	left := make([]int, len(all))
	for i := range left {
		left[i] = i
	}
	for {
		held, taken := map[int]bool{}, map[int]bool{}
		for _, i := range left {
			taken[all[i].Takes.Lock] = taken[all[i].Takes.Lock] || !all[i].Takes.Try
			for _, h := range all[i].Holds {
				held[h.Lock] = true
			}
		}
		before := len(left)
		left = slices.DeleteFunc(left, func(i int) bool {
			return !held[all[i].Takes.Lock] || !slices.ContainsFunc(all[i].Holds, func(h Step) bool { return taken[h.Lock] })
		})
		if len(left) == before {
			return slices.Values(left)
		}
	}
}

// cycles returns the cycles, the shortest first: for each set of locks one, and none whose locks are all in a shorter one.
func (s *search) cycles() []cycle {
	for n := 2; n <= maxCycle; n++ {
		for i := range s.report.Edges {
			s.path = append(s.path[:0], i)
			s.extend(n, false)
		}
	}
	return s.found
}

// extend makes the path longer, until it has n edges and is closed.
func (s *search) extend(n int, readers bool) {
	if s.steps++; s.steps > maxSteps {
		return
	}
	takes := s.report.Edges[s.path[len(s.path)-1]].Takes
	if takes.Try || s.report.Locks[takes.Lock].Handed {
		return
	}
	if len(s.path) == n {
		if ok, r := s.blocks(takes, s.path[0]); ok {
			s.close(readers || r)
		}
		return
	}
	for _, next := range s.next[takes.Lock] {
		if next <= s.path[0] || !s.fits(next) {
			continue // each cycle begins with its first edge
		}
		if ok, r := s.blocks(takes, next); ok {
			s.path = append(s.path, next)
			s.extend(n, readers || r)
			s.path = s.path[:len(s.path)-1]
		}
	}
}

// blocks reports whether who does edge i keeps somebody from taking a lock, and whether that is only so if a writer comes between two readers.
func (s *search) blocks(takes Step, i int) (ok, readers bool) {
	for _, h := range s.report.Edges[i].Holds {
		if h.Lock != takes.Lock {
			continue
		}
		if !h.Read || !takes.Read {
			return true, false
		}
		if s.report.Locks[h.Lock].Writer != 0 {
			ok, readers = true, true
		}
	}
	return ok, readers
}

// fits reports whether an edge can be part of the path: it takes another lock than all others, and no lock keeps the two apart.
func (s *search) fits(i int) bool {
	for _, j := range s.path {
		a, b := &s.report.Edges[i], &s.report.Edges[j]
		if i == j || a.Takes.Lock == b.Takes.Lock || gated(a, b) {
			return false
		}
	}
	return true
}

// gated reports whether two edges hold the same lock, so that they are never done at the same time.
func gated(a, b *Edge) bool {
	for _, x := range a.Holds {
		for _, y := range b.Holds {
			if x.Lock == y.Lock && !(x.Read && y.Read) {
				return true
			}
		}
	}
	return false
}

// close adds the cycle of the path, if there are events for it.
func (s *search) close(readers bool) {
	c := cycle{readers: readers}
	for _, i := range s.path {
		c.locks = append(c.locks, s.report.Edges[i].Takes.Lock)
	}
	for _, f := range s.found {
		if f.readers == readers || !f.readers {
			if !slices.ContainsFunc(f.locks, func(l int) bool { return !slices.Contains(c.locks, l) }) {
				return
			}
		}
	}
	if c.events = s.pick(s.path, nil); c.events != nil {
		s.found = append(s.found, c)
	}
}

// pick chooses an event for each edge, so that all of them can happen at the same time. It returns nil if there is no choice.
func (s *search) pick(edges, picked []int) []int {
	if len(edges) == 0 {
		return slices.Clone(picked)
	}
	for _, i := range s.events[edges[0]] {
		if s.steps++; s.steps > maxSteps {
			return nil
		}
		if slices.ContainsFunc(picked, func(j int) bool { return !s.overlap(i, j) }) {
			continue
		}
		if all := s.pick(edges[1:], append(picked, i)); all != nil {
			return all
		}
	}
	return nil
}

// overlap reports whether two events can happen at the same time.
func (s *search) overlap(i, j int) bool {
	a, b := &s.report.Events[i], &s.report.Events[j]
	return a.Goroutine != b.Goroutine && !a.knows(j) && !b.knows(i)
}

// knows reports whether an event came before.
func (e *Event) knows(i int) bool {
	return slices.ContainsFunc(e.After, func(r Range) bool { return r.From <= i && i <= r.To })
}
