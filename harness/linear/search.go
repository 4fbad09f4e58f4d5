package linear

import (
	"maps"
	"unsafe"
)

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

// frame is a configuration at a return whose operation has not taken effect, with the alternatives that are still to be tried there.
type frame[S comparable, M mask] struct {
	config[S, M]
	path int32 // length of the order that led here
	next int32 // the alternative to try next, as an index into the operations open here
}

// searcher is the state of one search: depth first, with a stack of its own.
type searcher[S comparable, I any, M mask] struct {
	model   Model[S, I]
	ops     []Op[I]
	observe []bool
	w       *window
	meter   *meter
	booked  int64 // bytes counted in the meter

	seen    map[config[S, M]]struct{}
	stack   []frame[S, M] // each with something to try; from bottom to top, at does not fall
	path    []int32       // the order that leads to the configuration at hand
	ended   bool          // the path leads to the end of the history
	visited int
	crowded int // the size of seen at which to look for what can be forgotten

	farthest int32
	best     []int32 // the order that led to farthest
	shared   int     // length of a common prefix of best and path
}

// newSearcher deals with what needs no search.
func newSearcher[S comparable, I any, M mask](m Model[S, I], ops []Op[I], w *window, meter *meter) *searcher[S, I, M] {
	s := &searcher[S, I, M]{model: m, ops: ops, observe: observers(m, ops), w: w, meter: meter,
		seen: map[config[S, M]]struct{}{}, path: make([]int32, 0, len(ops)), crowded: meter.crowd(), farthest: -1}
	s.reach(frame[S, M]{config: config[S, M]{state: m.Init}})
	s.book(s.bytes())
	return s
}

// book changes the share of the memory that this search is known to hold.
func (s *searcher[S, I, M]) book(bytes int64) {
	s.meter.bytes += bytes - s.booked
	s.booked = bytes
}

// observers asks the model once for each operation.
func observers[S comparable, I any](m Model[S, I], ops []Op[I]) []bool {
	list := make([]bool, len(ops))
	for i := range ops {
		list[i] = m.Observer != nil && m.Observer(ops[i].Input)
	}
	return list
}

// run searches until the end of the history is reached, nothing is left to try, a limit is reached, or the turn is over.
func (s *searcher[S, I, M]) run(more int) *Result {
	for until := s.visited + more; s.visited < until; {
		switch {
		case s.ended:
			s.book(0)
			return &Result{Verdict: Ok, Order: indexes(s.path)}
		case len(s.stack) == 0:
			return &Result{Verdict: Illegal, Stuck: int(s.w.events[s.farthest].op), Prefix: indexes(s.best)}
		}
		if s.meter.turn() {
			s.book(s.bytes())
			if reason := s.meter.reached(); reason != "" {
				return &Result{Reason: reason}
			}
		}
		if f, op := s.take(); s.apply(&f.config, op) {
			s.settle(&f.config)
			s.reach(f)
		}
	}
	return nil
}

// indexes converts a path to a result.
func indexes(path []int32) []int {
	list := make([]int, len(path))
	for i, op := range path {
		list[i] = int(op)
	}
	return list
}

// bytes estimates what the search holds. A hash table that has just doubled is less than half full, so each entry counts twice.
func (s *searcher[S, I, M]) bytes() int64 {
	key, entry := unsafe.Sizeof(config[S, M]{}), unsafe.Sizeof(frame[S, M]{})
	return 2*int64(len(s.seen))*int64(key+1) + int64(cap(s.stack))*int64(entry) + 4*int64(cap(s.path)+cap(s.best)) + s.w.bytes()
}

// take returns the configuration on top of the stack with the operation that it tries next. Its last alternative takes it off the stack.
func (s *searcher[S, I, M]) take() (frame[S, M], int32) {
	top := &s.stack[len(s.stack)-1]
	s.path = s.path[:top.path]
	s.shared = min(s.shared, len(s.path))
	f, open := *top, s.w.openAt(top.at)
	if top.next = s.alternative(top.config, open, f.next+1); top.next < 0 {
		s.stack = s.stack[:len(s.stack)-1]
	}
	return f, open[f.next]
}

// alternative returns the next operation to try in a configuration, as an index into the open ones from i on, or -1. Observers are no alternatives: the
// state accepts none of those that are left, or they would have taken effect. Nor are operations whose twin has an earlier deadline.
func (s *searcher[S, I, M]) alternative(c config[S, M], open []int32, i int32) int32 {
	for ; int(i) < len(open); i++ {
		op := open[i]
		if !s.observe[op] && !has(c.done, s.w.slot[op]) && !s.shadowed(open[:i], op, c.done) {
			return i
		}
	}
	return -1
}

// shadowed reports whether an operation with an earlier deadline, which has not taken effect either, is interchangeable with op.
func (s *searcher[S, I, M]) shadowed(earlier []int32, op int32, done M) bool {
	for _, o := range earlier {
		if s.w.kind[o] == s.w.kind[op] && !has(done, s.w.slot[o]) {
			return true
		}
	}
	return false
}

// apply lets an operation take effect if the model accepts it.
func (s *searcher[S, I, M]) apply(c *config[S, M], op int32) bool {
	next, ok := s.model.Step(c.state, s.ops[op].Input)
	if !ok {
		return false
	}
	c.state, c.done = next, with(c.done, s.w.slot[op])
	s.path = append(s.path, op)
	return true
}

// settle lets all open observers take effect that the new state accepts.
func (s *searcher[S, I, M]) settle(c *config[S, M]) {
	for _, op := range s.w.openAt(c.at) {
		if s.observe[op] && !has(c.done, s.w.slot[op]) {
			s.apply(c, op)
		}
	}
}

// advance deals with events as long as there is no choice, and reports whether it reached the end.
func (s *searcher[S, I, M]) advance(c *config[S, M]) bool {
	for int(c.at) < len(s.w.events) {
		e := s.w.events[c.at]
		slot := s.w.slot[e.op]
		switch {
		case e.isCall:
			if s.observe[e.op] {
				s.apply(c, e.op)
			}
		case has(c.done, slot):
			c.done = without(c.done, slot)
		default:
			return false
		}
		c.at++
	}
	return true
}

// reach goes on from a configuration to the next return that has a choice, and puts that on the stack, unless it was visited before or offers nothing
// to try.
func (s *searcher[S, I, M]) reach(f frame[S, M]) {
	if s.ended = s.advance(&f.config); s.ended {
		return
	}
	before := len(s.seen)
	if s.seen[f.config] = struct{}{}; len(s.seen) == before {
		return
	}
	s.visited++
	s.meter.visited++
	s.note(f.at)
	f.path, f.next = int32(len(s.path)), s.alternative(f.config, s.w.openAt(f.at), 0)
	if f.next >= 0 {
		s.stack = append(s.stack, f)
	}
	if len(s.seen) >= s.crowded {
		s.forget(f.at)
	}
}

// note keeps the path if it leads farther than any before.
func (s *searcher[S, I, M]) note(at int32) {
	if at <= s.farthest {
		return
	}
	s.farthest = at
	s.best = append(s.best[:s.shared], s.path[s.shared:]...)
	s.shared = len(s.path)
}

// forget drops configurations that cannot be reached again: those before the oldest one that has something left to try, and before the one at hand.
// After a moment at which nothing is open and nothing is left to try, that is everything.
func (s *searcher[S, I, M]) forget(at int32) {
	if len(s.stack) > 0 {
		at = s.stack[0].at
	}
	maps.DeleteFunc(s.seen, func(c config[S, M], _ struct{}) bool { return c.at < at })
	s.crowded = max(s.meter.crowd(), 2*len(s.seen))
}
