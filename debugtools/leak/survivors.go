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
	born, kin := map[int64]int{}, &Kin{}
	for i, d := range dumps {
		kin.See(d)
		for j := range d.Goroutines {
			if id := d.Goroutines[j].ID; i == 0 || born[id] == 0 {
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
	for i := range leaks {
		leaks[i].count(born, len(dumps)-1)
	}
	return leaks
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
