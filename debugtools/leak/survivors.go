package leak

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Survivors compares dumps of one process: the first from before, each of the others from after one more iteration of the same work. It returns the goroutines of the last that are not in
// the first, by test and go statement, with how many of each iteration are still there. A group has a reason in Stays, and accuses nobody, if it is
// a known daemon or is ignored, if only one iteration of several has left something (a helper that is started once), or if the later half has left nothing
// (a pool that fills up); unless the collector has proved the leak. Fewer than two dumps say nothing. It takes time linear in all goroutines.
func Survivors(dumps []*dump.Dump, ignore []string) []Leak {
	if len(dumps) < 2 {
		return nil
	}
	born, lived, kin := map[int64]int{}, map[int64]int{}, &Kin{}
	for i, d := range dumps {
		kin.See(d)
		for j := range d.Goroutines {
			id := d.Goroutines[j].ID
			lived[id]++
			if i == 0 || born[id] == 0 {
				born[id] = cmp.Or(i, -1)
			}
		}
	}
	var left []*dump.Goroutine
	last := dumps[len(dumps)-1]
	for i := range last.Goroutines {
		if g := &last.Goroutines[i]; born[g.ID] > 0 && !tool(g) {
			left = append(left, g)
		}
	}
	leaks := group(left, kin, ignore, statement)
	gone := ended(dumps, kin, ignore)
	for i := range leaks {
		leaks[i].count(born, len(dumps)-1)
		leaks[i].late(gone, born, lived)
	}
	return leaks
}

// ended returns the goroutines of dumps between the first and the last that the last has no more, in groups.
func ended(dumps []*dump.Dump, kin *Kin, ignore []string) []Leak {
	seen := map[int64]bool{}
	for _, d := range []*dump.Dump{dumps[0], dumps[len(dumps)-1]} {
		for i := range d.Goroutines {
			seen[d.Goroutines[i].ID] = true
		}
	}
	var all []*dump.Goroutine
	for _, d := range dumps[1 : len(dumps)-1] {
		for i := range d.Goroutines {
			if g := &d.Goroutines[i]; !seen[g.ID] && !tool(g) {
				seen[g.ID] = true
				all = append(all, g)
			}
		}
	}
	return group(all, kin, ignore, statement)
}

// late says why what only the last iterations have left is no leak, if what earlier ones left by the same statement has ended by itself, and none of these is older by
// more than a dump than what has ended became: they have not had their time yet.
func (l *Leak) late(gone []Leak, born, lived map[int64]int) {
	first := slices.IndexFunc(l.Born, func(n int) bool { return n > 0 })
	if l.Stays != "" || l.Unreachable || first < 1 {
		return
	}
	longest := 0
	for i := range gone {
		g := &gone[i]
		if g.Test != l.Test || statement(&dump.Goroutine{Stack: g.Stack}) != statement(&dump.Goroutine{Stack: l.Stack}) {
			continue
		}
		for _, id := range g.Goroutines {
			if born[id] <= first {
				longest = max(longest, lived[id])
			}
		}
	}
	if longest > 0 && len(l.Born)-first <= longest+1 {
		l.Stays = "those that earlier iterations have left have ended by themselves"
	}
}

// count notes which iteration has left how many, and whether that accuses.
func (l *Leak) count(born map[int64]int, iterations int) {
	l.Born = make([]int, iterations)
	for _, id := range l.Goroutines {
		l.Born[born[id]-1]++
	}
	l.Rate = float64(len(l.Goroutines)) / float64(iterations)
	if l.Stays == "" && !l.Unreachable {
		l.Stays = once(l.Born)
	}
}

// once returns why what was left by each iteration is no leak, or "".
func once(born []int) string {
	n, later := len(born), 0
	for _, b := range born[n-n/2:] {
		later += b
	}
	times := len(born) - len(slices.DeleteFunc(slices.Clone(born), func(b int) bool { return b > 0 }))
	switch {
	case n == 1:
		return ""
	case times == 1:
		return fmt.Sprintf("one of %d iterations has left it, as with a helper that is started once", n)
	case later == 0:
		return fmt.Sprintf("the last %d of %d iterations have left none, as with a pool that fills up", n/2, n)
	}
	return ""
}
