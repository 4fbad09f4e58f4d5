package sched

import (
	"cmp"
	"slices"
)

// A Switch is one deviation from the default rule: after the thread After has executed its Nth operation, To runs; or, if To is an Option, After takes that
// one in its Nth operation. A schedule is the list of its switches, and the shorter the list, the easier it is to say what must happen for a test to fail.
//
// Threads are named by key and places by the thread's own count, never by a global index, so that a switch keeps its meaning when
// another one is dropped or when an unrelated part of the program is edited. After 0 and Nth 0 mean: before anything has run.
type Switch struct {
	After uint64 // Thread.Key
	Nth   int    // operations that After has executed: Thread.Ops
	To    uint64 // Thread.Key; or Option, if it is no thread that is switched to, but an option that After takes in its Nth operation
}

// place orders switches by where they apply.
func (s Switch) place(t Switch) int {
	return cmp.Or(cmp.Compare(s.After, t.After), cmp.Compare(s.Nth, t.Nth), cmp.Compare(s.moment(), t.moment()))
}

// moment is when a switch applies: a choice is made in an operation, a switch of threads follows it.
func (s Switch) moment() int {
	if s.choice() {
		return 0
	}
	return 1
}

// A Reason says why a switch could not be followed.
type Reason uint8

// The reasons.
const (
	Unreached     Reason = iota + 1 // the thread After does not exist, or ended or stopped before its Nth operation
	NoChoice                        // the place was passed, but only one thread could run there
	UnknownTo                       // the place was reached before the thread To existed
	DisabledTo                      // the thread To was there, but could not run
	SecondPlace                     // an earlier switch of the list has the same place
	NoOptions                       // the operation was executed, but there was nothing to choose
	UnknownOption                   // there were not as many options
)

var reasons = [...]string{"", "its place was never reached", "only one thread could run there", "its target did not exist yet",
	"its target could not run", "another switch has the same place", "there was nothing to choose", "there were fewer options"}

// String returns the reason in words.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return "unknown"
}

// A Divergence is a switch that was not followed.
type Divergence struct {
	Index  int // in the list given
	Switch Switch
	Reason Reason
}

// A Replay is a Strategy that follows the default rule, except where a switch says otherwise. Where a switch cannot be followed, the
// default rule goes on, and Diverged tells. It follows the same list in every execution until Follow gives it another one.
type Replay struct {
	habit habit
	plan  []planned // by place
	given []Switch
}

// A planned is a switch with what became of it.
type planned struct {
	Switch
	index  int
	done   bool
	reason Reason
}

// NewReplay returns a strategy that follows switches, in whatever order they are listed.
func NewReplay(switches []Switch) *Replay {
	r := &Replay{}
	r.Follow(switches)
	return r
}

// Follow replaces the list and keeps the memory. The list must not change while it is followed.
func (r *Replay) Follow(switches []Switch) {
	r.given = switches
	r.plan = r.plan[:0]
	for i, s := range switches {
		r.plan = append(r.plan, planned{Switch: s, index: i})
	}
	slices.SortFunc(r.plan, comparePlanned)
	last := planned{index: -1}
	kept := r.plan[:0]
	for _, p := range r.plan {
		if last.index >= 0 && p.place(last.Switch) == 0 {
			continue
		}
		kept, last = append(kept, p), p
	}
	r.plan = kept
}

func comparePlanned(a, b planned) int {
	return cmp.Or(a.place(b.Switch), cmp.Compare(a.index, b.index))
}

// Begin forgets the execution before. There is always another one: the caller says how often it replays.
func (r *Replay) Begin(x *Exec, seed uint64) bool {
	r.habit.begin()
	for i := range r.plan {
		r.plan[i].done, r.plan[i].reason = false, 0
	}
	return true
}

// Started has nothing to do.
func (r *Replay) Started(x *Exec, thread int32) {}

// Pick follows the switch of this place, if there is one, or the default rule.
func (r *Replay) Pick(x *Exec) int32 {
	byDefault := r.habit.pick(x)
	p := r.find(here(x))
	if p == nil {
		return byDefault
	}
	to := threadOf(x, p.To)
	switch {
	case to < 0:
		p.reason = UnknownTo
		return byDefault
	case !enabled(x, to):
		p.reason = DisabledTo
		return byDefault
	}
	p.done = true
	return to
}

// Choose follows the switch of this operation, if there is one, or takes the usual option.
func (r *Replay) Choose(x *Exec, thread int32, n int) int {
	byDefault := preferred(x, thread, n)
	p := r.find(chosen(x, thread, 0))
	if p == nil {
		return byDefault
	}
	i, _ := OptionOf(p.To)
	if i >= n {
		p.reason = UnknownOption
		return byDefault
	}
	p.done = true
	return i
}

// find returns the switch planned for a place, or nil.
func (r *Replay) find(at Switch) *planned {
	low, high := 0, len(r.plan)
	for low < high {
		mid := int(uint(low+high) >> 1)
		if c := r.plan[mid].place(at); c == 0 {
			return &r.plan[mid]
		} else if c < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return nil
}

// Ran keeps what the default rule needs.
func (r *Replay) Ran(x *Exec, thread int32, op Op) { r.habit.ran(x, thread, op) }

// End finds the reasons of the switches whose place offered no choice.
func (r *Replay) End(x *Exec, outcome Outcome) {
	for i := range r.plan {
		p := &r.plan[i]
		if p.done || p.reason != 0 {
			continue
		}
		p.reason = Unreached
		if t := threadOf(x, p.After); t >= 0 && x.Threads[t].Ops >= p.Nth {
			p.reason = NoChoice
			if p.choice() {
				p.reason = NoOptions
			}
		}
	}
}

// Diverged lists the switches that the last execution did not follow, in the order of the list given. It is meant to be asked after End.
func (r *Replay) Diverged() []Divergence {
	var all []Divergence
	kept := make([]bool, len(r.given))
	for _, p := range r.plan {
		kept[p.index] = true
		if !p.done && p.reason != 0 {
			all = append(all, Divergence{p.index, p.Switch, p.reason})
		}
	}
	for i, s := range r.given {
		if !kept[i] {
			all = append(all, Divergence{i, s, SecondPlace})
		}
	}
	slices.SortFunc(all, func(a, b Divergence) int { return cmp.Compare(a.Index, b.Index) })
	return all
}

// here returns the place that an execution has come to, as a switch without a target.
func here(x *Exec) Switch {
	if x.Current < 0 {
		return Switch{}
	}
	t := &x.Threads[x.Current]
	return Switch{After: t.Key, Nth: t.Ops}
}

// threadOf returns the number of the thread with a key, or -1.
func threadOf(x *Exec, key uint64) int32 {
	for i := range x.Threads {
		if x.Threads[i].Key == key {
			return int32(i)
		}
	}
	return -1
}

// enabled reports whether a thread can run now.
func enabled(x *Exec, thread int32) bool {
	_, found := slices.BinarySearch(x.Enabled, thread)
	return found
}
