package harness

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/linear"
)

// checkerBytes bounds the memory of one search for a linearization, as the checker estimates it.
const checkerBytes = 512 << 20

// judge asks everything that a target declares about a finished run and returns the first violation, or else the weakest answer: the model, then the
// invariants at rest, then further properties. The limit bounds the search for a linearization, in configurations.
func (t *Target) judge(run *Run, limit int) Verdict {
	verdict := HeldVerdict()
	for _, ask := range t.questions(limit) {
		v := ask(run)
		if v.Status == Violated {
			return v
		}
		if Worst(v.Status, verdict.Status) != verdict.Status {
			verdict = v
		}
	}
	return verdict
}

// questions lists what is asked of every run.
func (t *Target) questions(limit int) []func(*Run) Verdict {
	var list []func(*Run) Verdict
	if t.Model != nil {
		list = append(list, func(r *Run) Verdict { return t.linearizable(r.History, limit) })
	}
	for _, inv := range t.Invariants {
		list = append(list, func(r *Run) Verdict { return inv.judge(r.System) })
	}
	for _, p := range t.Properties {
		list = append(list, p.Check)
	}
	return list
}

// judge asks one invariant.
func (i Invariant) judge(system any) Verdict {
	if err := i.Check(system); err != nil {
		return Violation("invariant", i.Name, fmt.Sprintf("%s: %v", i.Doc, err))
	}
	return HeldVerdict()
}

// linearizable checks a history against the target's model.
func (t *Target) linearizable(h *History, limit int) Verdict {
	ops := t.linearOps(h)
	r := linear.Check(t.spec(), ops, linear.Limits{Configs: limit, Bytes: checkerBytes})
	switch r.Verdict {
	case linear.Ok:
		return HeldVerdict()
	case linear.Unknown:
		return Unknown("the history checker gave up: " + r.Reason)
	}
	message := "no order of the operations explains their results (model " + t.Model.Name + ")"
	return Violation("linearizable", message, t.explain(h, r, limit))
}

// explain cuts a bad history behind the first event that cannot be explained, keeps the part of the state that it concerns, and draws it.
func (t *Target) explain(h *History, r linear.Result, limit int) string {
	part := &History{}
	for _, i := range r.Part {
		part.Calls = append(part.Calls, h.Calls[i])
	}
	pend := func(c *Call) *Call {
		open := *c
		open.Pending, open.Result = true, nil
		return &open
	}
	short := linear.ShortestPrefix(t.spec(), t.linearOps(part), pend, linear.Limits{Configs: limit, Bytes: checkerBytes})
	calls := &History{}
	for _, op := range short {
		calls.Calls = append(calls.Calls, *op.Input)
	}
	calls.sort()
	return timeline(calls)
}

// linearOps converts a history for the checker.
func (t *Target) linearOps(h *History) []linear.Op[*Call] {
	ops := make([]linear.Op[*Call], len(h.Calls))
	for i := range h.Calls {
		c := &h.Calls[i]
		ops[i] = linear.Op[*Call]{Client: c.Client, Input: c, Call: c.Start, Return: c.End, Pending: c.Pending}
	}
	return ops
}

// spec converts the target's model for the checker.
func (t *Target) spec() linear.Model[any, *Call] {
	m := t.Model
	spec := linear.Model[any, *Call]{
		Init:     m.init(),
		Step:     func(s any, c *Call) (any, bool) { return m.step(t.Operations, s, c) },
		Observer: func(c *Call) bool { return t.Operations[c.op].Observer },
		Twin: func(a, b *Call) bool {
			return a.op == b.op && a.Pending == b.Pending && a.Arg == b.Arg && a.Result == b.Result
		},
	}
	if m.Partition != nil {
		spec.Partition = func(c *Call) any { return m.Partition(*c) }
	}
	return spec
}

// timeline draws a history: a line a call, in the order of their starts, with a bar from start to end on a common axis of events.
func timeline(h *History) string {
	ranks := rank(h)
	width := 0
	for i := range h.Calls {
		width = max(width, len(h.Calls[i].String()))
	}
	var b strings.Builder
	for i, c := range h.Calls {
		from, to := ranks[i][0], ranks[i][1]
		bar := strings.Repeat(" ", 2*from) + "|" + strings.Repeat("-", max(2*(to-from)-1, 1)) + "|"
		if c.Pending {
			bar = strings.TrimSuffix(bar, "|") + "..."
		}
		fmt.Fprintf(&b, "%-*s  %s\n", width, c, bar)
	}
	return b.String()
}

// rank gives the starts and ends of all calls their place among all of them.
func rank(h *History) [][2]int {
	ranks := make([][2]int, len(h.Calls))
	before := func(at int64, start bool) int {
		n := 0
		for _, c := range h.Calls {
			if c.Start < at || c.Start == at && !start {
				n++
			}
			if !c.Pending && c.End < at {
				n++
			}
		}
		return n
	}
	last := 2 * len(h.Calls)
	for i, c := range h.Calls {
		ranks[i] = [2]int{before(c.Start, true), last}
		if !c.Pending {
			ranks[i][1] = before(c.End, false)
		}
	}
	return ranks
}
