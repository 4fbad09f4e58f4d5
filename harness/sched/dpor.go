package sched

// DPOR is dynamic partial order reduction: it executes one schedule of each class of equivalent ones. Two schedules are equivalent if they choose the same, and
// differ only in the order of operations that do not depend on each other. The algorithm is source-DPOR with sleep sets (Abdulla, Aronis, Jonsson,
// Sagonas, "Optimal Dynamic Partial Order Reduction", POPL 2014); what it takes as dependent is in dpor_depend.go, and how it deals with operations
// that wait, which the paper leaves out, is in dpor_race.go.
//
// It keeps one path, so its memory is bounded by the depth of an execution times the number of its threads. Every execution starts anew and follows
// the path up to the node where something is left to try.
//
// What "exhausted" means: every schedule of this program with these draws, whatever it chooses, ends like one that was executed, under sequential consistency.
// Nothing is said about other inputs, about executions that were cut off, or about what an execution would have done after it failed, except that
// every other failure that does not need that one first is found too.
//
// Speed: 200 000 executions of three threads with three increments each, and 146 000 with three critical sections each, per second of processor time
// of an AMD EPYC that did other things as well:
//
//	go test ./harness/sched -run '^$' -bench DPOR
type DPOR struct {
	path  []node // nodes of the execution before, and of this one as far as it has come
	depth int    // operations executed in this execution
	fork  int    // where it leaves the one before

	habit    habit
	heads    heads
	threads  []dporThread
	sleeping set  // who slept when the execution was given up
	chose    bool // the operation that is executed has made a choice

	initials set     // of collect
	first    []int32 // of collect: by thread, its first operation in the sequence

	state              dporState
	begun, done        bool
	traces, blocked    int
	cutOff, divergence int
}

// dporState says what becomes of the current execution.
type dporState uint8

const (
	running   dporState = iota
	redundant           // all that can go on is asleep: what follows was explored before
	diverged            // it did not follow the path
)

// A node is a state on the path, and the operation that is executed in it.
type node struct {
	thread int32 // that is executed
	op     Op
	index  int32   // which operation of the thread it is, from 1
	clock  []int32 // by thread, how many of its operations happen before this one or are it
	prev   int32   // node of the operation before it of the same thread, or of the one that started the thread; -1
	count  int32   // threads that exist
	links
	decided bool  // there was a decision; otherwise nothing is known about other threads
	option  int32 // of the choice that the operation makes, counted from the usual one
	options int32 // how many there are; 0 if it makes none

	enabled   set
	backtrack set // threads to execute here, those that were included
	done      set // threads that were executed here
	sleep     set // threads whose execution from here was explored from an earlier node
}

// A dporThread is a thread in this execution.
type dporThread struct {
	last  int32 // node of its last operation, or of the one that started it; -1
	count int32 // operations
}

// NewDPOR returns a strategy that has not executed anything.
func NewDPOR() *DPOR { return &DPOR{} }

// Traces returns how many executions ended by themselves. No two of them are equivalent.
func (d *DPOR) Traces() int { return d.traces }

// Blocked returns how many executions were given up, or turned out to be equivalent to an earlier one.
func (d *DPOR) Blocked() int { return d.blocked }

// CutOff returns how many executions ran into the limit of steps.
func (d *DPOR) CutOff() int { return d.cutOff }

// Diverged returns how many executions did not do what they had done before. It is 0 for a program that depends on nothing but its schedule.
func (d *DPOR) Diverged() int { return d.divergence }

// Exhausted reports whether every schedule is equivalent to one that was executed.
func (d *DPOR) Exhausted() bool { return d.done && d.cutOff == 0 && d.divergence == 0 }

// Systematic marks DPOR as a strategy that needs the same draws in every execution.
func (d *DPOR) Systematic() {}

// Progress estimates which part of the tree of executions lies behind, from 0 to 1: at each node of the path, all branches known so far are taken
// as equally large (Kilby, Slaney, Thiebaux, Walsh, "Estimating Search Tree Size", AAAI 2006). Branches that are not known yet make it too large.
func (d *DPOR) Progress() float64 {
	if d.done {
		return 1
	}
	behind, share := 0.0, 1.0
	for k := range d.path {
		n := &d.path[k]
		all, done := 0, 0
		for t := range n.count {
			if n.backtrack.has(t) && !n.sleep.has(t) {
				all++
				if n.done.has(t) {
					done++
				}
			}
		}
		if all > 1 {
			share /= float64(all)
			behind += share * float64(done-1)
		}
		if n.options > 1 {
			share /= float64(n.options)
			behind += share * float64(n.option)
		}
	}
	return behind
}

// Begin goes back to the deepest node that has something left.
func (d *DPOR) Begin(x *Exec, seed uint64) bool {
	if d.begun && !d.back() {
		d.done = true
		return false
	}
	d.begun, d.state, d.depth, d.chose = true, running, 0, false
	d.threads, d.sleeping = d.threads[:0], d.sleeping[:0]
	d.habit.begin()
	d.heads.reset()
	return true
}

// back cuts the path to the deepest node with an option that is to be taken, or a thread that is to be executed, and chooses it.
func (d *DPOR) back() bool {
	for k := len(d.path) - 1; k >= 0; k-- {
		n := &d.path[k]
		t := n.left()
		switch {
		case n.option+1 < n.options:
			n.option++
		case t >= 0:
			n.choose(t)
		default:
			continue
		}
		d.path, d.fork = d.path[:k+1], k
		return true
	}
	return false
}

// left returns a thread that is still to be executed here, or -1.
func (n *node) left() int32 {
	for w, word := range n.backtrack {
		if rest := word &^ (n.done.word(w) | n.sleep.word(w)); rest != 0 {
			return int32(w<<6) + lowest(rest)
		}
	}
	return -1
}

func (n *node) choose(t int32) {
	n.thread, n.option, n.options = t, 0, 0
	n.backtrack.add(t)
	n.done.add(t)
}

// Started notes which operation a thread owes its existence to.
func (d *DPOR) Started(x *Exec, thread int32) {
	from := int32(d.depth - 1)
	if p := x.Threads[thread].Parent; p >= 0 && int(p) < len(d.threads) {
		from = d.threads[p].last
	}
	d.threads = append(d.threads, dporThread{last: from})
}

// Pick follows the path, and extends it by the default rule with a thread that is not asleep.
func (d *DPOR) Pick(x *Exec) int32 {
	if d.state != running {
		return Stop
	}
	if d.depth < len(d.path) {
		return d.follow(x)
	}
	n := d.extend(x)
	n.decided = true
	for _, t := range x.Enabled {
		n.enabled.add(t)
	}
	d.lull(x, n, -1, Op{})
	t := d.habit.pick(x)
	if n.sleep.has(t) {
		t = n.awake()
	}
	if t < 0 {
		d.giveUp(n)
		return Stop
	}
	n.choose(t)
	return t
}

// Choose follows the path, and extends it by the usual option. If nobody had to decide about the operation, its node is added now.
func (d *DPOR) Choose(x *Exec, thread int32, n int) int {
	if d.state == running && d.depth == len(d.path) {
		d.force(x, thread, x.Threads[thread].Next)
	}
	if d.state != running {
		return 0
	}
	e := &d.path[d.depth]
	switch {
	case e.thread != thread, int(e.options) != n && (e.options != 0 || d.depth < d.fork):
		d.state = diverged
	default:
		e.options, d.chose = int32(n), true
	}
	return (preferred(x, thread, n) + int(e.option)) % n
}

// giveUp ends an execution at a node in which all are asleep.
func (d *DPOR) giveUp(n *node) {
	d.state = redundant
	d.sleeping = append(d.sleeping, n.sleep...)
	d.path = d.path[:d.depth]
}

// follow returns the thread of the path.
func (d *DPOR) follow(x *Exec) int32 {
	n := &d.path[d.depth]
	for _, t := range x.Enabled {
		if t == n.thread {
			return t
		}
	}
	d.state = diverged
	return Stop
}

// awake returns the first enabled thread that is not asleep, or -1.
func (n *node) awake() int32 {
	for w, word := range n.enabled {
		if rest := word &^ n.sleep.word(w); rest != 0 {
			return int32(w<<6) + lowest(rest)
		}
	}
	return -1
}

// extend adds a node to the path.
func (d *DPOR) extend(x *Exec) *node {
	if len(d.path) < cap(d.path) {
		d.path = d.path[:len(d.path)+1]
	} else {
		d.path = append(d.path, node{})
	}
	n := &d.path[d.depth]
	n.enabled, n.backtrack, n.done, n.sleep = n.enabled[:0], n.backtrack[:0], n.done[:0], n.sleep[:0]
	n.count, n.decided = int32(len(x.Threads)), false
	return n
}

// lull puts those to sleep in the last node whose next operation does not depend on the one executed before it: to execute them later is equivalent
// to what was explored when they were executed before that one. The operation of one thread, which has executed it already, is given.
func (d *DPOR) lull(x *Exec, next *node, thread int32, op Op) {
	if d.depth == 0 {
		return
	}
	n := &d.path[d.depth-1]
	for w := range max(len(n.sleep), len(n.done)) {
		for word := n.sleep.word(w) | n.done.word(w); word != 0; word &= word - 1 {
			t := int32(w<<6) + lowest(word)
			p := x.Threads[t].Next
			if t == thread {
				p = op
			}
			if t != n.thread && !p.depends(n.op) {
				next.sleep.add(t)
			}
		}
	}
}

// Ran notes an operation.
func (d *DPOR) Ran(x *Exec, thread int32, op Op) {
	d.habit.ran(x, thread, op)
	if d.state != running {
		return
	}
	if d.depth == len(d.path) {
		d.force(x, thread, op)
	}
	if d.state != running {
		return
	}
	n := &d.path[d.depth]
	switch {
	case n.thread != thread, d.depth < d.fork && n.op != op, n.options > 0 && !d.chose:
		d.state = diverged
	default:
		d.step(n, op)
	}
	d.chose = false
}

// force adds a node for an operation that nobody had to decide about.
func (d *DPOR) force(x *Exec, thread int32, op Op) {
	n := d.extend(x)
	n.enabled.add(thread)
	d.lull(x, n, thread, op)
	if n.sleep.has(thread) {
		d.giveUp(n)
		return
	}
	n.choose(thread)
}

// End looks for races, which tell what else is to be executed.
func (d *DPOR) End(x *Exec, outcome Outcome) {
	d.finish(x, outcome)
	switch {
	case d.state == diverged, outcome == Diverged:
		d.divergence++
		d.path = d.path[:min(len(d.path), d.fork+1)]
		return
	case d.state == redundant, outcome == Pruned:
		d.blocked++
	case outcome == CutOff:
		d.cutOff++
	default:
		d.traces++
	}
	d.analyse(x, outcome)
}

// finish notes the operation that was picked but never reported, because the execution failed in it.
func (d *DPOR) finish(x *Exec, outcome Outcome) {
	if d.state != running || d.depth == len(d.path) {
		return
	}
	n := &d.path[d.depth]
	switch {
	case outcome == Failed && d.depth == len(d.path)-1:
		d.step(n, x.Threads[n.thread].Next)
	case d.depth <= d.fork:
		d.state = diverged
	default:
		d.path = d.path[:d.depth]
	}
}
