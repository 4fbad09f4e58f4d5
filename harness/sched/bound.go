package sched

import "strconv"

// Systematic is implemented by strategies that go through the schedules of a program one by one, and so need the same draws in every execution: an engine
// gives each of them the same seed. Choices are part of the schedule, and these strategies are Choosers.
type Systematic interface {
	Strategy
	Systematic()
}

// Bounded goes through all schedules that deviate little from the default rule: first those that do not deviate, then those that do once, and so
// on. Most bugs need one or two deviations, and there are few such schedules: about as many as there are decisions, and pairs of decisions.
//
// Preemption bounding (Musuvathi, Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007) counts how often a
// thread is stopped although it could go on. Who comes next when it cannot, or gives way, is free, so the schedules without any preemption
// may be many. Delay bounding (Emmi, Qadeer, Rakamarić, "Delay-Bounded Scheduling", POPL 2011) counts how many threads are passed over in
// favour of a later one, where the order is the default one and then that of numbers, so there is one schedule without delays. Of a choice, options are
// passed over in the same way; for preemptions they are free.
//
// Deviation: the published algorithms keep the schedules of the next bound in a queue. Here memory is bounded by the depth of an execution times
// its threads, for the price that a bound repeats the schedules of those below it. Schedules counts them once.
type Bounded struct {
	delays bool
	bound  int
	most   int // -1: no end

	habit    habit
	path     []decision
	options  []int32 // of all decisions on the path, in the order of preference
	depth    int     // decisions of this execution
	diverged bool

	begun, done bool
	pruned      bool // something was left out for this bound
	completed   int

	schedules, cutOff, divergence int
}

// A decision is a point of the path with at least two enabled threads, or a choice.
type decision struct {
	start, end int32 // its options: threads, or numbers of options
	taken      int32
	spent      int   // before it
	free       bool  // nobody is preempted
	costly     int32 // of the last options: who has given way, and the clock
	choice     bool
}

// NewPB returns preemption bounding, without an end.
func NewPB() *Bounded { return &Bounded{most: -1, completed: -1} }

// NewDB returns delay bounding, without an end.
func NewDB() *Bounded { return &Bounded{most: -1, completed: -1, delays: true} }

// AtMost sets the largest bound.
func (b *Bounded) AtMost(n int) *Bounded {
	b.most = n
	return b
}

// Bound returns the largest bound all of whose schedules were executed, or -1.
func (b *Bounded) Bound() int { return b.completed }

// Exhausted reports whether all schedules were executed, whatever the bound.
func (b *Bounded) Exhausted() bool {
	return b.done && !b.pruned && b.cutOff == 0 && b.divergence == 0
}

// Schedules returns how many different schedules were executed.
func (b *Bounded) Schedules() int { return b.schedules }

// CutOff returns how many schedules ran into the limit of steps.
func (b *Bounded) CutOff() int { return b.cutOff }

// Diverged returns how many executions did not do what they had done before. It is 0 for a program that depends on nothing but its schedule.
func (b *Bounded) Diverged() int { return b.divergence }

// Systematic marks Bounded as a strategy that needs the same draws in every execution.
func (b *Bounded) Systematic() {}

// String says what was explored.
func (b *Bounded) String() string {
	if b.Exhausted() {
		return "all schedules"
	}
	if b.completed < 0 {
		return "no bound completed"
	}
	s := "all schedules with at most " + strconv.Itoa(b.completed) + b.unit()
	if b.cutOff+b.divergence > 0 {
		s += ", " + strconv.Itoa(b.cutOff) + " of them cut off and " + strconv.Itoa(b.divergence) + " diverged"
	}
	return s
}

func (b *Bounded) unit() string {
	s := " preemption"
	if b.delays {
		s = " delay"
	}
	if b.completed != 1 {
		s += "s"
	}
	return s
}

// Begin goes back to the deepest decision that has an option left within the bound, or on to the next bound.
func (b *Bounded) Begin(x *Exec, seed uint64) bool {
	if b.done {
		return false
	}
	if b.begun && !b.back() {
		b.completed = b.bound
		if b.done = !b.pruned || b.bound == b.most; b.done {
			return false
		}
		b.bound++
		b.pruned = false
	}
	b.begun, b.diverged, b.depth = true, false, 0
	b.habit.begin()
	return true
}

// back takes the next option of the deepest decision that has one, and forgets what comes after it.
func (b *Bounded) back() bool {
	for k := len(b.path) - 1; k >= 0; k-- {
		d := &b.path[k]
		for d.taken++; d.taken < d.end-d.start; d.taken++ {
			if d.spent+b.cost(d) <= b.bound {
				b.path, b.options = b.path[:k+1], b.options[:d.end]
				return true
			}
			b.pruned = true
		}
	}
	b.path, b.options = b.path[:0], b.options[:0]
	return false
}

// cost returns what the option taken costs.
func (b *Bounded) cost(d *decision) int {
	switch {
	case b.delays:
		return int(d.taken)
	case d.taken == 0, d.free && d.taken < d.end-d.start-d.costly:
		return 0
	}
	return 1
}

// Pick follows the path and extends it by the default rule.
func (b *Bounded) Pick(x *Exec) int32 {
	if b.diverged {
		return Stop
	}
	if b.depth == len(b.path) {
		b.extend(x)
	}
	d := &b.path[b.depth]
	to := b.options[d.start+d.taken]
	if b.diverged = d.choice || int(d.end-d.start) != len(x.Enabled) || !contains(x.Enabled, to); b.diverged {
		return Stop
	}
	b.depth++
	return to
}

func contains(list []int32, t int32) bool {
	for _, u := range list {
		if u == t {
			return true
		}
	}
	return false
}

// extend adds a decision. Its options are the default, then the other threads in the order of their numbers from there on, and last the one that has
// given way and the clock.
func (b *Bounded) extend(x *Exec) {
	first := b.habit.pick(x)
	d := b.decision(first != x.Current)
	last := func(t int32) bool { return t == x.Current || x.Threads[t].Key == ClockKey }
	b.options = append(b.options, first)
	b.list(x, func(t int32) bool { return t > first && !last(t) })
	b.list(x, func(t int32) bool { return t < first && !last(t) })
	d.costly = b.list(x, func(t int32) bool { return t != first && last(t) })
	d.end = int32(len(b.options))
	b.path = append(b.path, d)
}

// decision returns the next one, which has no options yet.
func (b *Bounded) decision(free bool) decision {
	d := decision{start: int32(len(b.options)), free: free}
	if k := len(b.path); k > 0 {
		d.spent = b.path[k-1].spent + b.cost(&b.path[k-1])
	}
	return d
}

// Choose follows the path and extends it by the usual option.
func (b *Bounded) Choose(x *Exec, thread int32, n int) int {
	if b.diverged {
		return 0
	}
	if b.depth == len(b.path) {
		b.fan(preferred(x, thread, n), n)
	}
	d := &b.path[b.depth]
	if b.diverged = !d.choice || int(d.end-d.start) != n; b.diverged {
		return 0
	}
	b.depth++
	return int(b.options[d.start+d.taken])
}

// fan adds a choice. It preempts nobody, so it is free; to take another option than the usual one passes some over, as a delay does.
func (b *Bounded) fan(first, n int) {
	d := b.decision(true)
	d.choice = true
	for i := range n {
		b.options = append(b.options, int32((first+i)%n))
	}
	d.end = int32(len(b.options))
	b.path = append(b.path, d)
}

// list adds some of the enabled threads to the options and returns how many.
func (b *Bounded) list(x *Exec, which func(int32) bool) (n int32) {
	for _, t := range x.Enabled {
		if which(t) {
			b.options = append(b.options, t)
			n++
		}
	}
	return n
}

// Ran keeps the default rule up to date.
func (b *Bounded) Ran(x *Exec, thread int32, op Op) { b.habit.ran(x, thread, op) }

// Started does nothing.
func (b *Bounded) Started(x *Exec, thread int32) {}

// End counts.
func (b *Bounded) End(x *Exec, outcome Outcome) {
	switch {
	case b.diverged, outcome == Diverged, b.depth < len(b.path):
		b.divergence++
		return
	case b.spent() < b.bound:
		return // counted with a smaller bound
	case outcome == CutOff:
		b.cutOff++
	}
	b.schedules++
}

// spent returns what this execution cost.
func (b *Bounded) spent() int {
	if b.depth == 0 {
		return 0
	}
	d := &b.path[b.depth-1]
	return d.spent + b.cost(d)
}
