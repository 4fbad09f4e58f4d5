package diagnose

import (
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// Compare returns what is wrong in the last of several dumps of one process, oldest first, and what their course shows besides: queues at locks that do
// not move, groups that only grow. It takes time linear in all of them but for sorting. One dump is diagnosed as Diagnose does; none gives nothing.
func Compare(dumps []*dump.Dump, o Options) []finding.Finding {
	if len(dumps) == 0 {
		return nil
	}
	all := Diagnose(dumps[len(dumps)-1], o)
	if len(dumps) == 1 {
		return all
	}
	said := map[int64]bool{}
	for _, f := range all {
		for _, id := range f.Goroutines {
			said[id] = said[id] || f.Certainty > finding.Note
		}
	}
	c := &inquiry{said: said, scene: newScene(dumps[len(dumps)-1], o)}
	c.standingQueues(dumps)
	c.growing(dumps)
	if o.Quiet {
		c.found = withoutNotes(c.found)
	}
	all = append(all, c.found...)
	finding.Sort(all)
	return all
}

// standingQueues compares who waits for each lock in the last dump with who waited for it before. Where the head of the queue moves, the lock is only in
// demand; where nobody who waited has got it, somebody keeps it.
func (c *inquiry) standingQueues(dumps []*dump.Dump) {
	before := map[uint64][]map[int64]bool{} // of each lock: who waited, dump by dump
	for _, d := range dumps[:len(dumps)-1] {
		seen := map[uint64]map[int64]bool{}
		for _, q := range (&inquiry{scene: newScene(d, Options{})}).queues() {
			seen[q.addr] = map[int64]bool{}
			for _, w := range q.waiters {
				seen[q.addr][w.ID] = true
			}
		}
		for addr, ids := range seen {
			before[addr] = append(before[addr], ids)
		}
	}
	for _, q := range c.queues() {
		if len(before[q.addr]) == len(dumps)-1 && !c.said[q.waiters[0].ID] {
			c.queue(q, before[q.addr], len(dumps))
		}
	}
}

// queue reports one lock at which goroutines waited in every dump.
func (c *inquiry) queue(q *queue, before []map[int64]bool, dumps int) {
	now := map[int64]bool{}
	for _, w := range q.waiters {
		now[w.ID] = true
	}
	moved := 0
	for _, ids := range before {
		for id := range ids {
			if !now[id] {
				moved++
			}
		}
	}
	n := waitgraph.Count(len(q.waiters), "goroutine waits", "goroutines wait") + " for " + wanted(q.waiters[0])
	f := finding.Finding{Objects: []uint64{q.addr}, Evidence: linesOf(q.waiters), Weight: float64(len(q.waiters))}
	switch {
	case moved > 0:
		f.Kind, f.Title = "contention", fmt.Sprintf("%s, and the queue moves: %s got it in between", n, waitgraph.Count(moved, "waiter", "waiters"))
	case dumps >= 3 || q.minutes > 0:
		f.Kind, f.Certainty = "standing-queue", finding.Likely
		f.Title = fmt.Sprintf("%s in all of %d dumps, and nobody who waited has got it: who holds it does not let go", n, dumps)
		f.Fix = "a program that records owners prints the holder"
	default:
		return
	}
	c.add(f, q.waiters...)
}

// Numbers from which on a group that grows is believed to be a leak, and is worth a note.
const (
	leastGrowth = 100 // more than at first, and
	growthRatio = 2   // times as many
	someGrowth  = 10
)

// growing reports groups of blocked goroutines that grow from dump to dump.
func (c *inquiry) growing(dumps []*dump.Dump) {
	for _, g := range dump.Trend(dumps).Groups {
		k, ok := states[g.State]
		if g.By() < someGrowth || ok && k.outside() {
			continue
		}
		first, last := g.Counts[0], g.Counts[len(g.Counts)-1]
		f := finding.Finding{Kind: "growing", Weight: float64(g.By()), Confidence: confidence["growing"],
			Title: fmt.Sprintf("%s at %s, dump by dump: %s", g.State, placeOf(g.Stack), counts(g.Counts)),
			Fix:   "see who starts them at " + position(&g.Stack.Creator) + ", and what would end them"}
		if g.Steady() && strictly(g.Counts) && last >= growthRatio*first && g.By() >= leastGrowth {
			f.Certainty = finding.Likely
			f.Title = "leak: a group only grows: " + f.Title
			f.Evidence = []string{"a server under growing load does the same: take another dump when the load is gone"}
		}
		c.add(f)
	}
}

// strictly reports whether each number is larger than the one in front of it.
func strictly(list []int) bool {
	for i, n := range list[1:] {
		if n <= list[i] {
			return false
		}
	}
	return true
}

// counts lists numbers.
func counts(list []int) string {
	s := ""
	for i, n := range list {
		if i > 0 {
			s += " "
		}
		s += itoa(n)
	}
	return s
}

// placeOf returns where a stack is in the code of the user.
func placeOf(s *dump.Stack) string {
	i := slices.IndexFunc(s.Frames, func(f dump.Frame) bool { return userCode(&f) })
	if i < 0 {
		f := s.Own()
		return position(&f)
	}
	return short(s.Frames[i].Func) + " " + position(&s.Frames[i])
}
