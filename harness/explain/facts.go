package explain

import "strings"

// Facts are what follows from the steps alone: who holds what at the end, which step ended which wait, who was woken by whom.
type facts struct {
	pending map[int]int    // by goroutine: the step at which it waits at the end
	holders map[int][]hold // by object, at the end
	resumed map[int]int    // by step that goes on after a wait: the step that waited
	waker   map[int]int    // by step that goes on after a wait: the step that ended the wait, as far as it is known
	woke    map[int]int    // the inverse: the step that goes on
	before  map[int][]int  // by step: steps of others that it comes after
	byKind  map[use][]int  // steps
}

// A hold is a lock that somebody has.
type hold struct {
	thread int
	step   int // that took it
	read   bool
}

// A use is an object with something done to it: "Send", "Close", ...
type use struct {
	object int
	kind   string
}

// waitKinds are the operations that may wait.
var waitKinds = map[string]bool{"Lock": true, "RLock": true, "Send": true, "Receive": true, "Select": true, "CondWait": true, "Wait": true,
	"Once": true, "Sleep": true}

// goesOn reports whether a step is no operation of its own, only the end of a wait.
func (s step) goesOn() bool { return s.Kind == "" }

// newFacts replays the steps of a trace.
func newFacts(t *trace) *facts {
	f := &facts{pending: map[int]int{}, holders: map[int][]hold{}, resumed: map[int]int{}, waker: map[int]int{}, woke: map[int]int{},
		before: map[int][]int{}, byKind: map[use][]int{}}
	lastOf := make([]int, len(t.threads))
	for i := range lastOf {
		lastOf[i] = -1
	}
	for i, s := range t.steps {
		if p, waits := f.pending[s.by]; waits && !(s.goesOn() && s.Blocked) {
			f.goOn(t, i, p)
		}
		if s.goesOn() {
			continue
		}
		f.step(t, i, lastOf[s.by])
		lastOf[s.by] = i
	}
	return f
}

// step applies an operation. previous is the one before of the same goroutine, -1 for none.
func (f *facts) step(t *trace, i, previous int) {
	s := t.steps[i]
	switch {
	case s.Blocked && waitKinds[s.Kind]:
		f.pending[s.by] = i
	case s.Blocked && previous >= 0 && isCondWait(t, previous):
		f.effect(t, i)
		f.pending[s.by] = previous // a condition variable gives the lock back, and waits
	default:
		f.effect(t, i)
	}
	if s.Object >= 0 {
		u := use{s.Object, s.Kind}
		f.byKind[u] = append(f.byKind[u], i)
	}
}

// stack returns where a goroutine waits at the end.
func (g *thread) stack() []Site {
	if g.wait == nil {
		return nil
	}
	return g.wait.Stack
}

// isCondWait reports whether a step is about to wait for a signal.
func isCondWait(t *trace, i int) bool {
	s := t.steps[i]
	o, _ := t.object(s.Object)
	return s.Kind == "CondWait" || s.Kind == "Wait" && strings.HasSuffix(o.Type, "Cond")
}

// effect applies what an operation that need not wait does to locks.
func (f *facts) effect(t *trace, i int) {
	s := t.steps[i]
	if s.Object < 0 {
		return
	}
	switch s.Kind {
	case "Lock", "RLock":
		f.take(s.Object, hold{thread: s.by, step: i, read: s.Kind == "RLock"})
	case "Unlock":
		f.release(s.Object, s.by)
	}
}

// take gives a lock to a goroutine. A writer that has it already has asked twice within one operation.
func (f *facts) take(object int, h hold) {
	for _, g := range f.holders[object] {
		if g.thread == h.thread && !g.read && !h.read {
			return
		}
	}
	if len(f.holders[object]) < maxHolders {
		f.holders[object] = append(f.holders[object], h)
	}
}

// release takes a lock away from who gives it back, or from who has had it longest: another goroutine may unlock.
func (f *facts) release(object, by int) {
	all := f.holders[object]
	if len(all) == 0 {
		return
	}
	at := 0
	for i, h := range all {
		if h.thread == by {
			at = i
		}
	}
	f.holders[object] = append(all[:at:at], all[at+1:]...)
}

// goOn ends the wait that began at step p with step i.
func (f *facts) goOn(t *trace, i, p int) {
	s := t.steps[p]
	delete(f.pending, s.by)
	f.resumed[i] = p
	f.effect(t, p)
	if w := f.endedBy(t, i, p); w >= 0 {
		f.waker[i] = w
		f.before[i] = append(f.before[i], w)
		if _, known := f.woke[w]; !known {
			f.woke[w] = i
		}
	}
}

// enders are the operations that end a wait.
var enders = map[string][]string{"Lock": {"Unlock"}, "RLock": {"Unlock"}, "Send": {"Receive", "Select"}, "Receive": {"Send", "Close", "Select"},
	"CondWait": {"Signal"}, "Wait": {"Signal", "Add", "End"}}

// endedBy returns the last step before i that can have ended the wait from step p on, or -1.
func (f *facts) endedBy(t *trace, i, p int) int {
	found := -1
	for _, kind := range enders[t.steps[p].Kind] {
		all := f.byKind[use{t.steps[p].Object, kind}]
		if len(all) == 0 {
			continue
		}
		if w := all[len(all)-1]; w > found && w < i && t.steps[w].by != t.steps[p].by {
			found = w
		}
	}
	return found
}

// lastOf returns the last step of one of the kinds on an object, or -1.
func (f *facts) lastOf(object int, kinds ...string) int {
	found := -1
	for _, k := range kinds {
		if all := f.byKind[use{object, k}]; len(all) > 0 {
			found = max(found, all[len(all)-1])
		}
	}
	return found
}

// users returns the goroutines that did one of kinds to an object, in the order of their first such step.
func (f *facts) users(t *trace, object int, kinds ...string) []int {
	var all []int
	seen := map[int]bool{}
	for _, k := range kinds {
		for _, i := range f.byKind[use{object, k}] {
			if by := t.steps[i].by; !seen[by] {
				seen[by] = true
				all = append(all, by)
			}
		}
	}
	return all
}
