package sched

// How often a profile learns: in each of the first executions, then now and then, for a program may do something else in a schedule of
// another kind.
const (
	firstLessons = 20
	lessonEvery  = 16
	mostKeys     = 1 << 15 // threads, or objects, or pairs of them. With more, it begins anew
)

// A profile is what is known about a program from the executions before: how long they are, how many operations each thread executes, and how
// often it touches which object. Threads and objects are named by key, and a key that does not come again is forgotten in time.
//
// A strategy with a profile makes the same decisions for the same seed only if it has seen the same executions before.
type profile struct {
	runs     int
	lessons  int
	learning bool  // this execution
	steps    usual // decisions of an execution
	ops      usual // operations of its busiest thread

	threads table
	known   []known // by number in threads. Parents come before children
	whole   []int32 // operations that are not private, with those of descendants
	here    []int32 // number in threads, by thread of this execution
	done    []int32 // operations that are not private, by thread of this execution

	accesses
}

// known is a thread of the profile.
type known struct {
	parent int32
	ops    peak
}

// A usual is about the upper quartile of some counts: when three of four are below, it moves neither up nor down. At first it is their maximum.
type usual int

// learn takes account of the count of the nth execution.
func (u *usual) learn(n, nth int) {
	switch v := usual(n); {
	case v > *u && nth <= firstLessons:
		*u = v
	case v > *u:
		*u = min(v, *u+*u/8+1)
	default:
		*u = max(v, *u-*u/24)
	}
}

// A peak is the largest of some counts, in 1/256. It falls slowly when they stay below, so that an execution that was out of the ordinary is forgotten.
type peak int32

// learn takes account of another count.
func (p *peak) learn(n int32) {
	if c := peak(min(n, 1<<22) << 8); c > *p {
		*p = c
	} else {
		*p -= (*p - c) / 16
	}
}

// count returns the nearest number, but at least 1 for what happens at all.
func (p peak) count() int32 {
	if p > 0 && p < 256 {
		return 1
	}
	return int32(p+128) >> 8
}

func newProfile() *profile { return &profile{} }

// horizon is how many decisions an execution may take.
func (p *profile) horizon() int {
	if p.steps == 0 {
		return 50
	}
	return int(p.steps + p.steps/5)
}

// index returns the number in the profile of a thread of this execution.
func (p *profile) index(thread int32) int32 { return p.here[thread] }

// remaining returns what each thread of the profile executes, with its descendants.
func (p *profile) remaining() []int32 { return p.whole }

func (p *profile) begin() {
	p.learning = p.lessons < firstLessons || p.runs%lessonEvery == 0
	p.runs++
	p.here, p.done, p.log = p.here[:0], p.done[:0], p.log[:0]
	if max(len(p.threads.keys), len(p.objects.keys), len(p.pairs.keys)) >= mostKeys {
		p.forget()
	}
}

func (p *profile) forget() {
	p.lessons, p.learning = 0, true
	p.threads.clear()
	p.known, p.whole = p.known[:0], p.whole[:0]
	p.accesses.forget()
}

func (p *profile) started(x *Exec, thread int32) {
	i := p.threads.add(x.Threads[thread].Key)
	if int(i) == len(p.known) {
		parent := x.Threads[thread].Parent
		if parent >= 0 {
			parent = p.here[parent]
		}
		p.known = append(p.known, known{parent: parent})
		p.whole = append(p.whole, 0)
	}
	p.here, p.done = append(p.here, i), append(p.done, 0)
}

// ran notes an operation.
func (p *profile) ran(thread int32, op Op) {
	if !op.Private() {
		p.done[thread]++
	}
	if op.counts() {
		p.log = append(p.log, access{thread, op.Object, op.Kind})
	}
}

// end learns from an execution that ended by itself; from one that failed, and so may have ended early, only if there is nothing better. Steps is how
// many decisions it took without those that are put down to spinning; steady says that there were none of these.
func (p *profile) end(x *Exec, outcome Outcome, steps int, steady bool) {
	if outcome != Passed && (outcome != Failed || p.lessons > 0) {
		return
	}
	p.steps.learn(steps, p.runs)
	if steady {
		busiest := 0
		for i := range x.Threads {
			busiest = max(busiest, x.Threads[i].Ops)
		}
		p.ops.learn(busiest, p.runs)
	}
	if p.learning {
		p.learn(x)
	}
}

func (p *profile) learn(x *Exec) {
	for i, k := range p.here {
		p.known[k].ops.learn(p.done[i])
	}
	for i := range p.known {
		p.whole[i] = p.known[i].ops.count()
	}
	p.addDescendants(p.whole)
	p.accesses.learn(x, p.here)
	p.lessons++
}

// addDescendants adds to each thread what its descendants have.
func (p *profile) addDescendants(n []int32) {
	for i := len(n) - 1; i > 0; i-- {
		if parent := p.known[i].parent; parent >= 0 {
			n[parent] += n[i]
		}
	}
}
