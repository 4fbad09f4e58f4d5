package properties

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

// add and sum are calls of one unit test's history.
func add(d int, start, end int64) harness.Call {
	return harness.Call{Op: "add", Arg: d, Result: harness.None{}, Start: start, End: end}
}

func sum(got int, start, end int64) harness.Call {
	return harness.Call{Op: "sum", Arg: harness.None{}, Result: got, Start: start, End: end}
}

func pending(c harness.Call) harness.Call {
	c.Pending, c.End, c.Result = true, 0, nil
	return c
}

// TestSums judges small histories, whose calls are listed in the order of their starts.
func TestSums(t *testing.T) {
	held, violated := harness.Held, harness.Violated
	for _, c := range []struct {
		name               string
		calls              []harness.Call
		interval, monotone harness.Status
	}{
		{"nothing happened", nil, held, held},
		{"the sum of nothing", []harness.Call{sum(0, 1, 2)}, held, held},
		{"from nowhere", []harness.Call{sum(1, 1, 2)}, violated, held},
		{"complete", []harness.Call{add(3, 1, 2), sum(3, 3, 4)}, held, held},
		{"lost", []harness.Call{add(3, 1, 2), sum(0, 3, 4)}, violated, held},
		{"counted twice", []harness.Call{add(3, 1, 2), sum(6, 3, 4)}, violated, held},
		{"overlapping, seen", []harness.Call{add(3, 1, 4), sum(3, 2, 3)}, held, held},
		{"overlapping, not seen", []harness.Call{add(3, 1, 4), sum(0, 2, 3)}, held, held},
		{"touching at the start", []harness.Call{add(3, 1, 2), sum(0, 2, 3)}, held, held},
		{"touching at the end", []harness.Call{sum(3, 1, 2), add(3, 2, 3)}, held, held},
		{"seen before it began", []harness.Call{sum(3, 1, 2), add(3, 3, 4)}, violated, held},
		{"a total that never was", []harness.Call{sum(2, 1, 6), add(1, 2, 3), add(2, 4, 5)}, held, held},
		{"an addition that never returned", []harness.Call{pending(add(3, 1, 0)), sum(3, 2, 3), sum(0, 4, 5)}, held, violated},
		{"a sum that never returned", []harness.Call{add(3, 1, 2), pending(sum(0, 3, 0))}, held, held},
		{"fell while an addition ran", []harness.Call{add(3, 1, 9), sum(3, 2, 3), sum(0, 4, 5)}, held, violated},
		{"overlapping sums may differ", []harness.Call{add(3, 1, 9), sum(3, 2, 4), sum(0, 3, 5)}, held, held},
		{"fell behind a long one", []harness.Call{add(3, 1, 9), sum(3, 2, 3), sum(3, 2, 8), sum(0, 4, 5)}, held, violated},
		{"negative, running", []harness.Call{add(5, 1, 2), add(-3, 3, 9), sum(5, 4, 5), sum(2, 6, 7)}, held, held},
		{"negative, complete", []harness.Call{add(5, 1, 2), add(-3, 3, 4), sum(5, 5, 6)}, violated, held},
		{"negative, not begun", []harness.Call{add(5, 1, 2), sum(2, 3, 4), add(-3, 5, 6)}, violated, held},
	} {
		run := &harness.Run{History: &harness.History{Calls: c.calls}}
		if got := SumInterval.Check(run); got.Status != c.interval {
			t.Errorf("%s: interval %v, want %v: %s", c.name, got.Status, c.interval, got.Evidence)
		}
		if got := SumMonotone.Check(run); got.Status != c.monotone {
			t.Errorf("%s: monotone %v, want %v: %s", c.name, got.Status, c.monotone, got.Evidence)
		}
	}
}
