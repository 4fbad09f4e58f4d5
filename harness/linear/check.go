package linear

// Check reports whether a history is linearizable: whether its operations can be put in one order, in which each takes effect between its call
// and its return, that the model accepts.
//
// The search walks the events in time and branches only when an operation returns that has not taken effect yet (just-in-time linearization; Lowe,
// Testing for Linearizability, Concurrency and Computation 29(4), 2017, section 4). A configuration is the event, the set of open operations that have
// taken effect as a mask over a window of slots, and the state; each is visited once. Two rules prune: an observer takes effect as soon as
// it is accepted, and of twins only the one with the earliest deadline is tried.
//
// The time is linear in the number of configurations, which is linear in the history for objects whose overlapping operations mostly commute, and
// exponential in the number of overlapping operations at worst (deciding is NP-complete; Gibbons and Korach 1997).
func Check[S comparable, I any](m Model[S, I], ops []Op[I], limits Limits) Result {
	total := Result{Verdict: Ok}
	for _, part := range parts(m, ops) {
		r := checkPart(m, ops, part, limits, total.Configs)
		total.Configs += r.Configs
		switch r.Verdict {
		case Ok:
			total.Order = append(total.Order, r.Order...)
		case Illegal:
			r.Configs, r.Part = total.Configs, part
			return r
		case Unknown:
			total.Verdict, total.Reason = Unknown, r.Reason
		}
	}
	return total
}

// parts splits the operations, as indexes, by the model's partition, in the order of first appearance. Pending observers are dropped: they
// constrain nothing.
func parts[S comparable, I any](m Model[S, I], ops []Op[I]) [][]int {
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

// checkPart checks one part, with the narrowest mask that fits its window.
func checkPart[S comparable, I any](m Model[S, I], all []Op[I], part []int, limits Limits, spent int) Result {
	ops := make([]Op[I], len(part))
	for i, j := range part {
		ops[i] = all[j]
	}
	w := newWindow(ops)
	var r Result
	switch {
	case w.slots <= 64:
		r = search[S, I, [1]uint64](m, ops, w, limits, spent)
	case w.slots <= 512:
		r = search[S, I, [8]uint64](m, ops, w, limits, spent)
	default:
		return Result{Reason: "more than 512 operations are open at once"}
	}
	r.Order, r.Prefix = rename(r.Order, part), rename(r.Prefix, part)
	if r.Verdict == Illegal {
		r.Stuck = part[r.Stuck]
	}
	return r
}

// rename maps indexes of a part to indexes of the history, in place.
func rename(list, part []int) []int {
	for i := range list {
		list[i] = part[list[i]]
	}
	return list
}

// mask is a set of slots.
type mask interface{ [1]uint64 | [8]uint64 }

func has[M mask](m M, slot int32) bool { return m[slot>>6]>>(slot&63)&1 != 0 }

func with[M mask](m M, slot int32) M {
	m[slot>>6] |= 1 << (slot & 63)
	return m
}

func without[M mask](m M, slot int32) M {
	m[slot>>6] &^= 1 << (slot & 63)
	return m
}

// config is a point of the search: everything before event at has been dealt with, the operations in done have taken effect and are still open.
type config[S comparable, M mask] struct {
	at    int32
	done  M
	state S
}

// trail is the order that led to a configuration, as a list from its end.
type trail struct {
	op   int32
	prev *trail
}

// order returns the trail from its beginning.
func (t *trail) order() []int {
	n := 0
	for u := t; u != nil; u = u.prev {
		n++
	}
	list := make([]int, n)
	for ; t != nil; t = t.prev {
		n--
		list[n] = int(t.op)
	}
	return list
}

// branch is a configuration that is still to be searched.
type branch[S comparable, M mask] struct {
	config[S, M]
	trail *trail
}

// searcher is the state of one search.
type searcher[S comparable, I any, M mask] struct {
	model   Model[S, I]
	ops     []Op[I]
	observe []bool
	w       *window
	seen    map[config[S, M]]struct{}
	stack   []branch[S, M]

	farthest int32
	best     *trail
}

// search decides one part.
func search[S comparable, I any, M mask](m Model[S, I], ops []Op[I], w *window, limits Limits, spent int) Result {
	s := &searcher[S, I, M]{model: m, ops: ops, observe: make([]bool, len(ops)), w: w, seen: map[config[S, M]]struct{}{}, farthest: -1}
	for i := range ops {
		s.observe[i] = m.Observer != nil && m.Observer(ops[i].Input)
	}
	s.stack = append(s.stack, branch[S, M]{config[S, M]{state: m.Init}, nil})
	for len(s.stack) > 0 {
		if reason := limits.reached(spent+len(s.seen), len(s.seen)); reason != "" {
			return Result{Reason: reason, Configs: len(s.seen)}
		}
		b := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if s.advance(&b) {
			return Result{Verdict: Ok, Configs: len(s.seen), Order: b.trail.order()}
		}
		s.branch(b)
	}
	return Result{Verdict: Illegal, Configs: len(s.seen), Stuck: int(w.events[s.farthest].op), Prefix: s.best.order()}
}

// reached returns why the search must end, or "".
func (l Limits) reached(total, n int) string {
	if l.Configs > 0 && total > l.Configs {
		return "too many configurations"
	}
	if l.Stop != nil && n&1023 == 0 && l.Stop() {
		return "stopped"
	}
	return ""
}

// advance deals with events as long as there is no choice, and reports whether it reached the end.
func (s *searcher[S, I, M]) advance(b *branch[S, M]) bool {
	for int(b.at) < len(s.w.events) {
		e := s.w.events[b.at]
		slot := s.w.slot[e.op]
		switch {
		case e.isCall:
			if s.observe[e.op] {
				s.apply(b, e.op)
			}
		case has(b.done, slot):
			b.done = without(b.done, slot)
		default:
			return false
		}
		b.at++
	}
	return true
}

// apply lets an operation take effect if the model accepts it.
func (s *searcher[S, I, M]) apply(b *branch[S, M], op int32) bool {
	next, ok := s.model.Step(b.state, s.ops[op].Input)
	if !ok {
		return false
	}
	b.state, b.done, b.trail = next, with(b.done, s.w.slot[op]), &trail{op, b.trail}
	return true
}

// branch tries, at a return whose operation has not taken effect, each open operation as the next to take effect. The returning one is
// pushed last, so it is tried first.
func (s *searcher[S, I, M]) branch(b branch[S, M]) {
	if b.at > s.farthest {
		s.farthest, s.best = b.at, b.trail
	}
	open := s.w.open[b.at]
	for i := len(open) - 1; i >= 0; i-- {
		op := open[i]
		if has(b.done, s.w.slot[op]) || s.twin(open[:i], op, b.done) {
			continue
		}
		c := b
		if !s.apply(&c, op) {
			continue
		}
		if !s.observe[op] {
			s.settle(&c, open)
		}
		if _, known := s.seen[c.config]; !known {
			s.seen[c.config] = struct{}{}
			s.stack = append(s.stack, c)
		}
	}
}

// settle lets all open observers take effect that the new state accepts.
func (s *searcher[S, I, M]) settle(b *branch[S, M], open []int32) {
	for _, op := range open {
		if s.observe[op] && !has(b.done, s.w.slot[op]) {
			s.apply(b, op)
		}
	}
}

// twin reports whether an operation with an earlier deadline, which has not taken effect either, is interchangeable with op.
func (s *searcher[S, I, M]) twin(earlier []int32, op int32, done M) bool {
	if s.model.Twin == nil {
		return false
	}
	for _, o := range earlier {
		if !has(done, s.w.slot[o]) && s.model.Twin(s.ops[o].Input, s.ops[op].Input) {
			return true
		}
	}
	return false
}
