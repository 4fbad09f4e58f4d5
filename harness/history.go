package harness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Call is one operation of one client in a history.
//
// Start and End are stamps of one clock, taken before the call and after it returned; their unit does not matter, only their
// order, and equal stamps count as overlapping. A pending call has no result and no end: it may have taken effect at any time
// after its start, or never. A client's calls do not overlap one another, but for a pending one, after which it may go on.
type Call struct {
	Client     int
	Op         string
	Arg        any
	Result     any
	Start, End int64
	Pending    bool

	op int // index of the operation in the target
}

// String prints the call as "c1 push(3) -> true".
func (c Call) String() string {
	return fmt.Sprintf("c%d %s", c.Client, c.text())
}

// text prints the call without its client.
func (c Call) text() string {
	arg := ""
	if _, none := c.Arg.(None); !none && c.Arg != nil {
		arg = fmt.Sprint(c.Arg)
	}
	switch r := c.Result.(type) {
	case None:
		return fmt.Sprintf("%s(%s)", c.Op, arg)
	default:
		if c.Pending {
			return fmt.Sprintf("%s(%s) -> ?", c.Op, arg)
		}
		return fmt.Sprintf("%s(%s) -> %v", c.Op, arg, r)
	}
}

// Indeterminate is implemented by results that do not tell whether the operation took effect, such as a request that timed
// out. A call with such a result is recorded as pending.
type Indeterminate interface{ Indeterminate() bool }

// A History is what all clients did in one run, in the order of the calls' starts.
type History struct {
	Calls []Call
}

// sort orders the calls by start, then by client.
func (h *History) sort() {
	slices.SortStableFunc(h.Calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Client, b.Client))
	})
}

// String prints a call a line, in the order of their starts.
func (h *History) String() string {
	var b strings.Builder
	for _, c := range h.Calls {
		fmt.Fprintln(&b, c)
	}
	return b.String()
}

// Completed returns the number of calls that returned.
func (h *History) Completed() int {
	n := 0
	for i := range h.Calls {
		if !h.Calls[i].Pending {
			n++
		}
	}
	return n
}
