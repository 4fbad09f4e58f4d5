package properties

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/concurrency-god-mode/godmode/harness"
)

// LooseCounter specifies a counter with two ways of asking: add(d), exact, which returns the total of all additions before it, and sum, whose result this
// model leaves open. Give the target [SumInterval] as well, or nothing judges its sums.
func LooseCounter() *harness.Model {
	return harness.NewModel("loose-counter", "exact returns the total of all additions before it; sum is judged elsewhere", 0,
		harness.Does("add", func(s, d int) (int, harness.None) { return s + d, harness.None{} }),
		harness.Does0("exact", func(s int) (int, int) { return s, s }),
		harness.Allows("sum", func(s int, _ harness.None, _ int) (int, bool) { return s, true },
			func(s int, _ harness.None) (int, bool) { return s, true }))
}

// SumInterval asks of every sum of a counter (operations add(d) and sum) that it lies between the total of the additions that had returned when it began,
// and the total of those that had begun when it returned. Additions of less than 0 lower the lower bound while they run, and not the upper.
//
// This is all that reading the parts of a counter one after another can promise. It is weaker than linearizability (a sum may be one that the total
// never had) and stronger than being right when everybody rests.
var SumInterval = harness.Property{
	Name:  "sum-interval",
	Doc:   "a sum lies between the additions complete when it began and those begun when it returned; it need not be a total that ever was",
	Check: sumInterval,
}

// SumMonotone asks of a counter to which nobody adds less than 0 that a sum which began after another had returned is not smaller. If something
// negative is added, the property has nothing to say.
var SumMonotone = harness.Property{
	Name:  "sum-monotone",
	Doc:   "a later sum is not smaller than an earlier one, as long as nothing negative is added",
	Check: sumMonotone,
}

// bounds accumulates a history's additions so that totals at a moment are found by binary search.
type bounds struct {
	begun, returned steps
}

// steps is a function of time that changes at some moments: total[i] holds from moment at[i] on, and 0 before the first.
type steps struct {
	at    []int64
	total []int
}

// newSteps adds up the deltas, which it sorts by moment.
func newSteps(deltas []delta) steps {
	slices.SortFunc(deltas, func(a, b delta) int { return cmp.Compare(a.at, b.at) })
	s, total := steps{}, 0
	for _, d := range deltas {
		total += d.by
		s.at, s.total = append(s.at, d.at), append(s.total, total)
	}
	return s
}

type delta struct {
	at int64
	by int
}

// until returns the total of all changes at moments for which before says so: before must be true up to some moment, and then false.
func (s steps) until(before func(int64) bool) int {
	i := sort.Search(len(s.at), func(i int) bool { return !before(s.at[i]) })
	if i == 0 {
		return 0
	}
	return s.total[i-1]
}

// newBounds returns the bounds of all moments of a history: what lies below a sum, and what above it. An addition raises the upper
// bound from its start and the lower from its end; one of less than 0 lowers the lower bound from its start and the upper from its end.
func newBounds(h *harness.History) (low, high bounds) {
	var begun, returned [2][]delta // by sign: 0 positive, 1 negative
	for _, c := range h.Calls {
		if c.Op != "add" {
			continue
		}
		d, sign := c.Arg.(int), 0
		if d < 0 {
			sign = 1
		}
		begun[sign] = append(begun[sign], delta{c.Start, d})
		if !c.Pending {
			returned[sign] = append(returned[sign], delta{c.End, d})
		}
	}
	up := bounds{newSteps(begun[0]), newSteps(returned[0])}
	down := bounds{newSteps(begun[1]), newSteps(returned[1])}
	return bounds{down.begun, up.returned}, bounds{up.begun, down.returned}
}

// at returns the bound of a call: what had begun when it returned, and what had returned when it began.
func (b bounds) at(c *harness.Call) int {
	return b.begun.until(func(t int64) bool { return t <= c.End }) + b.returned.until(func(t int64) bool { return t < c.Start })
}

func sumInterval(r *harness.Run) harness.Verdict {
	low, high := newBounds(r.History)
	for i := range r.History.Calls {
		c := &r.History.Calls[i]
		if c.Op != "sum" || c.Pending {
			continue
		}
		if got, l, h := c.Result.(int), low.at(c), high.at(c); got < l || got > h {
			return harness.Violation("sum-interval", "a sum is outside of what the additions allow",
				fmt.Sprintf("%v, but it must be from %d to %d\n\n%v", c, l, h, r.History))
		}
	}
	return harness.HeldVerdict()
}

func sumMonotone(r *harness.Run) harness.Verdict {
	var sums []*harness.Call
	for i := range r.History.Calls {
		c := &r.History.Calls[i]
		switch {
		case c.Op == "add" && c.Arg.(int) < 0:
			return harness.HeldVerdict()
		case c.Op == "sum" && !c.Pending:
			sums = append(sums, c)
		}
	}
	if a, b := fallen(sums); a != nil {
		return harness.Violation("sum-monotone", "a later sum is smaller than an earlier one",
			fmt.Sprintf("%v, and later %v\n\n%v", a, b, r.History))
	}
	return harness.HeldVerdict()
}

// fallen returns two sums of which the second began after the first had returned and is smaller, or nil. The sums are in the order of their starts.
func fallen(sums []*harness.Call) (earlier, later *harness.Call) {
	ended := slices.SortedFunc(slices.Values(sums), func(a, b *harness.Call) int { return cmp.Compare(a.End, b.End) })
	var largest *harness.Call // of those that ended before the current one started
	for _, c := range sums {
		for len(ended) > 0 && ended[0].End < c.Start {
			if largest == nil || ended[0].Result.(int) > largest.Result.(int) {
				largest = ended[0]
			}
			ended = ended[1:]
		}
		if largest != nil && c.Result.(int) < largest.Result.(int) {
			return largest, c
		}
	}
	return nil, nil
}
