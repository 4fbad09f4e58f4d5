package linear

import (
	"fmt"
	"slices"
)

// Check reports whether a history is linearizable: whether its operations can be put in one order, in which each takes effect between its call
// and its return, that the model accepts.
//
// The search walks the events in time and branches only when an operation returns that has not taken effect yet (just-in-time linearization; Lowe,
// Testing for Linearizability, Concurrency and Computation 29(4), 2017, section 4). A configuration is the event, the set of open operations that have
// taken effect as a mask over a window of slots, and the state; each is visited once (memoisation; Wing and Gong, JPDC 17, 1993, section 5, and Lowe,
// section 3). Two rules prune: an observer takes effect as soon as it is accepted, and of twins only the one with the earliest deadline is tried.
// Alternatives are stepped only when the search comes back to them, and what lies before the oldest of them is forgotten.
//
// Parts are searched in turns of growing length, so that one that is hard does not hide a violation in another.
//
// The time is linear in the number of configurations, which is linear in the history for objects whose overlapping operations mostly commute, and
// exponential in the number of overlapping operations at worst (deciding is NP-complete; Gibbons and Korach 1997).
func Check[S comparable, I any](m Model[S, I], ops []Op[I], limits Limits) Result {
	c := newChecker(m, ops, limits)
	for turn := firstTurn; c.result.Verdict == Ok && c.left > 0; turn *= 2 {
		c.round(turn)
	}
	if c.tooWide && c.result.Verdict == Ok {
		c.result.Verdict, c.result.Reason = Unknown, fmt.Sprintf("more than %d operations are open at once", maxOpen)
	}
	if c.result.Verdict == Ok {
		c.result.Order = slices.Concat(c.orders...)
	}
	c.result.Configs = c.meter.visited
	return c.result
}

// firstTurn is the number of configurations after which the search of a part is left for the next part, at first.
const firstTurn = 1 << 12

// maxOpen is the largest number of operations that may be open at once in a part.
const maxOpen = 512

// A job is the search of one part, which can be left and taken up again.
type job interface {
	// run goes on until there is an answer or so many more configurations were visited; nil means no answer yet. The answer is in
	// indexes into the part.
	run(more int) *Result
}

// checker is the state of a check.
type checker struct {
	parts   [][]int
	jobs    []job // nil for parts that are decided, or too wide to decide
	left    int   // jobs that are not nil
	tooWide bool
	orders  [][]int
	meter   *meter
	result  Result
}

// newChecker prepares a search for each part.
func newChecker[S comparable, I any](m Model[S, I], ops []Op[I], limits Limits) *checker {
	parts := split(m, ops)
	c := &checker{parts: parts, jobs: make([]job, len(parts)), orders: make([][]int, len(parts)), meter: &meter{Limits: limits}, result: Result{Verdict: Ok}}
	for i, part := range parts {
		if c.jobs[i] = newJob(m, ops, part, c.meter); c.jobs[i] != nil {
			c.left++
		} else {
			c.tooWide = true
		}
	}
	return c
}

// round gives each undecided part one turn, until one fails.
func (c *checker) round(turn int) {
	for i, j := range c.jobs {
		if j == nil {
			continue
		}
		r := j.run(turn)
		if r == nil {
			continue
		}
		c.jobs[i] = nil
		c.left--
		part := c.parts[i]
		if r.Verdict == Ok {
			c.orders[i] = rename(r.Order, part)
			continue
		}
		c.result = *r
		if r.Verdict == Illegal {
			c.result.Stuck, c.result.Prefix, c.result.Part = part[r.Stuck], rename(r.Prefix, part), part
		}
		return
	}
}

// split groups the operations, as indexes, by the model's partition, in the order of first appearance. Pending observers are dropped: they
// constrain nothing.
func split[S comparable, I any](m Model[S, I], ops []Op[I]) [][]int {
	var list [][]int
	number := map[any]int{}
	for i, o := range ops {
		if o.Pending && m.Observer != nil && m.Observer(o.Input) {
			continue
		}
		var key any
		if m.Partition != nil {
			key = m.Partition(o.Input)
		}
		n, ok := number[key]
		if !ok {
			n = len(list)
			number[key] = n
			list = append(list, nil)
		}
		list[n] = append(list[n], i)
	}
	return list
}

// newJob prepares the search of a part, with the narrowest mask that fits its window; nil if none does.
func newJob[S comparable, I any](m Model[S, I], all []Op[I], part []int, meter *meter) job {
	ops := make([]Op[I], len(part))
	for i, j := range part {
		ops[i] = all[j]
	}
	w := newWindow(ops, m.Twin, meter.firstSlot)
	switch {
	case w.slots <= 64:
		return newSearcher[S, I, [1]uint64](m, ops, w, meter)
	case w.slots <= maxOpen:
		return newSearcher[S, I, [maxOpen / 64]uint64](m, ops, w, meter)
	}
	return nil
}

// rename maps indexes of a part to indexes of the history, in place.
func rename(list, part []int) []int {
	for i := range list {
		list[i] = part[list[i]]
	}
	return list
}
