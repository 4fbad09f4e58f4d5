package waitgraph

import "slices"

// A Deadlock is one cause for which goroutines never go on, and who waits behind it.
type Deadlock struct {
	// Core are the goroutines that make it, as indices. Of a cycle each waits for the next, and the last for the first.
	Core []int
	// Cycle is true if the core is one simple circle. Otherwise it is a knot, in which every way leads back, or a single
	// goroutine that nobody can let go on.
	Cycle bool
	// Orphan is true if the core is one goroutine whose needs nobody can meet: who held the lock has ended.
	Orphan bool
	// Behind are the goroutines that wait for the core, directly or not, by index.
	Behind []int
	// Known is how well the weakest edge of the core is known.
	Known Known
}

// Stuck returns the deadlocks that follow from edges known at least so well, those with the smallest goroutine first. A need that is
// open, or known less well, counts as one that can be met. It takes time and memory linear in the graph.
func (g *Graph) Stuck(least Known) []Deadlock {
	stuck := g.reduce(least)
	next := g.successors(stuck)
	component, components := tarjan(next, stuck)
	var all []Deadlock
	home := make([]int, len(components)) // of a terminal component: its deadlock
	for c, members := range components {
		home[c] = -1
		if leaves(component, next, members) {
			continue
		}
		home[c] = len(all)
		all = append(all, g.deadlock(members, next, component))
	}
	g.assign(all, stuck, next, component, home)
	slices.SortFunc(all, func(a, b Deadlock) int { return slices.Min(a.Core) - slices.Min(b.Core) })
	return all
}

// leaves reports whether an edge leads out of a component.
func leaves(component []int, next [][]int, members []int) bool {
	for _, m := range members {
		for _, n := range next[m] {
			if component[n] != component[m] {
				return true
			}
		}
	}
	return false
}

// deadlock describes one terminal component.
func (g *Graph) deadlock(members []int, next [][]int, component []int) Deadlock {
	d := Deadlock{Core: slices.Sorted(slices.Values(members)), Known: Recorded}
	d.Orphan = len(members) == 1 && len(next[members[0]]) == 0
	for _, m := range members {
		for i := range g.Needs[m] {
			d.Known = min(d.Known, g.Needs[m][i].known())
		}
	}
	if !d.Orphan && simple(members, next) {
		d.Core, d.Cycle = circle(d.Core[0], next), true
	}
	return d
}

// simple reports whether each member of a component waits for one other only.
func simple(members []int, next [][]int) bool {
	for _, m := range members {
		if len(next[m]) != 1 {
			return false
		}
	}
	return true
}

// circle follows the only edge of each member of a component back to where it began.
func circle(from int, next [][]int) []int {
	path := []int{from}
	for at := next[from][0]; at != from; at = next[at][0] {
		path = append(path, at)
	}
	return path
}

// assign puts every goroutine that is stuck and in no core behind one deadlock to which it leads.
func (g *Graph) assign(all []Deadlock, stuck []bool, next [][]int, component, home []int) {
	before := make([][]int, len(next))
	for from, list := range next {
		for _, to := range list {
			before[to] = append(before[to], from)
		}
	}
	seen := make([]bool, len(next))
	for i := range all {
		queue := slices.Clone(all[i].Core)
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			for _, b := range before[at] {
				if seen[b] || !stuck[b] || home[component[b]] >= 0 {
					continue
				}
				seen[b] = true
				all[i].Behind, queue = append(all[i].Behind, b), append(queue, b)
			}
		}
		slices.Sort(all[i].Behind)
	}
}

// reduce returns who can never go on.
func (g *Graph) reduce(least Known) []bool {
	stuck := make([]bool, len(g.Goroutines))
	type place struct{ goroutine, need int }
	waitedBy := make([][]place, len(g.Goroutines)) // who asks to be told when a goroutine goes on
	left := make([][]int, len(g.Goroutines))       // how many must still act, for each need
	var free []int
	for i, needs := range g.Needs {
		stuck[i] = len(needs) > 0
		left[i] = make([]int, len(needs))
		for j := range needs {
			n := &needs[j]
			if n.Open || n.known() < least {
				stuck[i] = false
				break
			}
			left[i][j] = 1
			if n.All && len(n.By) > 0 {
				left[i][j] = len(n.By)
			}
			for _, h := range n.By {
				waitedBy[h.Goroutine] = append(waitedBy[h.Goroutine], place{i, j})
			}
		}
		if !stuck[i] {
			free = append(free, i)
		}
	}
	for len(free) > 0 {
		at := free[len(free)-1]
		free = free[:len(free)-1]
		for _, p := range waitedBy[at] {
			if left[p.goroutine][p.need]--; left[p.goroutine][p.need] == 0 && stuck[p.goroutine] {
				stuck[p.goroutine] = false
				free = append(free, p.goroutine)
			}
		}
	}
	return stuck
}

// successors returns the edges between goroutines that are stuck, each once, in the order of the needs.
func (g *Graph) successors(stuck []bool) [][]int {
	next := make([][]int, len(g.Goroutines))
	last := make([]int, len(g.Goroutines)) // the goroutine, from 1, that has an edge here already
	for i, needs := range g.Needs {
		if !stuck[i] {
			continue
		}
		for _, n := range needs {
			for _, h := range n.By {
				if stuck[h.Goroutine] && last[h.Goroutine] != i+1 {
					last[h.Goroutine] = i + 1
					next[i] = append(next[i], h.Goroutine)
				}
			}
		}
	}
	return next
}
