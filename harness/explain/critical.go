package explain

import (
	"cmp"
	"maps"
	"slices"
)

// Limits on the search for the critical pair and for spinning goroutines.
const (
	forcedLooked = 64   // forced switches, from the last one on
	aheadLooked  = 8    // operations of the goroutine that was switched away from
	windowLooked = 2000 // steps between the switch and such an operation
	spinWindow   = 400  // last steps in which spinning shows
	spinShare    = 10   // a goroutine spins if one in so many of those is its own
	spinSites    = 3    // places named
)

// noEffect are the operations that no other operation on the same object can tell.
var noEffect = map[string]bool{"Read": true, "RLock": true}

// races reports whether the order of two operations on one object may matter. That of an Unlock never does: it has to come first.
func races(s, t step) bool {
	return s.Object >= 0 && s.Object == t.Object && s.by != t.by && s.Kind != "Unlock" && t.Kind != "Unlock" &&
		!s.goesOn() && !t.goesOn() && !(noEffect[s.Kind] && noEffect[t.Kind])
}

// findCritical looks for the pair of operations whose order a forced switch turned: the next operation of the goroutine that was switched
// away from, and the first one that raced with it and came before it for that reason. A pair on an object that the core
// waits for is preferred, then a later one.
func (a *analysis) findCritical() {
	switch {
	case a.e.Failure == "race": // no order made it: there is none
		return
	case a.kind == lockCycle:
		a.Critical = a.closing()
		return
	}
	waited := map[int]bool{}
	for _, id := range a.Core[:min(len(a.Core), maxFor)] {
		waited[a.wait(id).Object] = true
	}
	looked := 0
	for i := len(a.steps) - 1; i > 0 && looked < forcedLooked; i-- {
		if !a.steps[i].Forced || a.steps[i-1].by == a.steps[i].by {
			continue
		}
		looked++
		p := a.turned(i)
		if p == nil || !a.threads[a.steps[p.First].by].own || !a.threads[a.steps[p.Second].by].own {
			continue
		}
		if a.Critical == nil {
			a.Critical = p
		}
		if waited[a.steps[p.First].Object] {
			a.Critical = p
			return
		}
	}
}

// closing returns the pair that closed a circle of locks: the last lock that was taken, and where another goroutine wants it.
func (a *analysis) closing() *Pair {
	var p *Pair
	for _, id := range a.Core {
		if w := a.wait(id); w.holds >= 0 && w.Step > w.holds && (p == nil || w.holds > p.First) {
			p = &Pair{First: w.holds, Second: w.Step}
		}
	}
	return p
}

// turned returns the pair that the forced switch before step i turned round, or nil.
func (a *analysis) turned(i int) *Pair {
	away := a.threads[a.steps[i-1].by].steps
	at, _ := slices.BinarySearch(away, i)
	for _, j := range away[at:min(len(away), at+aheadLooked)] {
		for k := i; k < min(j, i+windowLooked); k++ {
			if races(a.steps[k], a.steps[j]) {
				return &Pair{First: k, Second: j}
			}
		}
	}
	return nil
}

// findSpinning finds the goroutines that used up the last steps of a livelock.
func (a *analysis) findSpinning() {
	if a.e.Failure != "livelock" {
		return
	}
	window := a.steps[max(0, len(a.steps)-spinWindow):]
	counts, sites := map[int]int{}, map[int]map[Site]int{}
	for _, s := range window {
		counts[s.by]++
		if sites[s.by] == nil {
			sites[s.by] = map[Site]int{}
		}
		if at := s.at(); at != (Site{}) {
			sites[s.by][at]++
		}
	}
	for _, g := range a.threads {
		n := counts[g.index]
		maps.DeleteFunc(sites[g.index], func(_ Site, k int) bool { return k*spinShare < n })
		if n > 0 && n*spinShare >= len(window) {
			a.Spinning = append(a.Spinning, Spin{Thread: g.ID, Name: g.name, Sites: often(sites[g.index]), Steps: n})
		}
	}
}

// often returns the most frequent sites, in a fixed order.
func often(counts map[Site]int) []Site {
	var all []Site
	for s := range counts {
		all = append(all, s)
	}
	slices.SortFunc(all, func(s, t Site) int {
		return cmp.Or(cmp.Compare(counts[t], counts[s]), cmp.Compare(s.File, t.File), cmp.Compare(s.Line, t.Line), cmp.Compare(s.Func, t.Func))
	})
	return all[:min(len(all), spinSites)]
}
