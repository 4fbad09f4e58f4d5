package perf

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"golang.org/x/exp/trace"
)

// A slice is one uninterrupted time of a goroutine on a processor.
type slice struct {
	group    *Group
	id       int64
	from, to trace.Time
}

// recent remembers the last slices, in the order in which they ended.
type recent struct {
	ring [4096]slice
	n    int
}

// add remembers one more slice, and forgets the oldest.
func (r *recent) add(s slice) {
	r.ring[r.n%len(r.ring)] = s
	r.n++
}

// A runner is somebody who ran.
type runner struct {
	group *Group
	id    int64
}

// between returns who ran between two times, and the share of that time which is still remembered.
func (r *recent) between(from, to trace.Time) (map[runner]time.Duration, float64) {
	ran := map[runner]time.Duration{}
	for i := r.n - 1; i >= 0 && i >= r.n-len(r.ring); i-- {
		s := &r.ring[i%len(r.ring)]
		if s.to <= from {
			return ran, 1
		}
		if d := time.Duration(min(s.to, to) - max(s.from, from)); d > 0 {
			ran[runner{s.group, s.id}] += d
		}
	}
	if r.n <= len(r.ring) {
		return ran, 1
	}
	oldest := r.ring[r.n%len(r.ring)].to
	return ran, min(1, float64(to-oldest)/float64(to-from))
}

// name names a runner by its group and number.
func (r runner) name() string { return r.group.Name() + " (G" + strconv.FormatInt(r.id, 10) + ")" }

// waits keeps the longest waits for a processor, longest first.
type waits struct{ list []Wait }

// worth reports whether a wait is one of the longest.
func (w *waits) worth(d time.Duration) bool {
	return len(w.list) < MaxWaits || d > w.list[len(w.list)-1].For
}

// insert adds a wait, and drops the shortest.
func (w *waits) insert(one Wait) {
	i, _ := slices.BinarySearchFunc(w.list, one, func(a, b Wait) int { return cmp.Compare(b.For, a.For) })
	w.list = slices.Insert(w.list, i, one)
	w.list = w.list[:min(len(w.list), MaxWaits)]
}

// waited accounts for a goroutine that was ready for a time.
func (a *account) waited(g *goroutine, t trace.Time, d time.Duration) {
	if g.Group.System || !a.waits.worth(d) {
		return
	}
	ran, known := a.recent.between(g.since, t)
	a.stillRunning(ran, g.since, t)
	one := Wait{Goroutine: g.ID, Group: g.Group.Name(), At: time.Duration(g.since - a.start), For: d, Known: known}
	most := slices.SortedFunc(maps.Keys(ran), func(a, b runner) int { return cmp.Or(cmp.Compare(ran[b], ran[a]), cmp.Compare(a.id, b.id)) })
	for _, r := range most[:min(len(most), 4)] {
		one.Ran = append(one.Ran, Share{r.name(), ran[r]})
	}
	a.waits.insert(one)
}

// stillRunning adds those who run since before a time ended.
func (a *account) stillRunning(ran map[runner]time.Duration, from, to trace.Time) {
	if a.running == 0 || len(a.live) > 1<<12 {
		return // too many to look at: who ran is then known from the slices that have ended
	}
	for _, g := range a.live {
		if d := time.Duration(to - max(from, g.since)); g.state == trace.GoRunning && d > 0 {
			ran[runner{g.Group, g.ID}] += d
		}
	}
}
