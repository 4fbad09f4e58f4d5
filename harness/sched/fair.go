package sched

// What an execution of an unknown program may take, and the least that any may, before the valve opens.
const (
	patienceFloor  = 300  // operations of one thread in a row, while others could go on
	horizonUnknown = 1000 // decisions
	horizonFloor   = 200
)

// A sampler is a strategy that draws each schedule afresh, as a driver sees it.
type sampler interface {
	Strategy
	name() string
	// demote tells that a thread has had its turn for now: it has run for very long, or it has yielded.
	demote(x *Exec, thread int32)
}

// A driver is what all random strategies share: the choice between several samplers, what is learned about the program, and the valve
// that keeps executions fair.
//
// The valve: a spinning loop never ends under a strategy that always prefers the thread that spins. So a thread that has run patience
// operations in a row is demoted, and after horizon decisions each one is a fair coin (the fair suffix of the Java tool JMC). Both are
// well above what the program took before, so that a program that does not spin rarely meets them; what it took because it was spinning does
// not count, or the valve would open later each time. A thread that yields is demoted at once.
type driver struct {
	members []sampler // each as often as its share; their number is a power of two
	current sampler
	profile *profile
	random  random
	options random // apart, so that a choice shifts nothing else
	clock   timekeeper

	decisions int
	horizon   int
	patience  int
	thread    int32 // ran last
	run       int   // how often in a row
	demoted   bool  // somebody was, for running so long
}

func drive(p *profile, members ...sampler) *driver { return &driver{members: members, profile: p} }

// Begin draws the sampler of this execution. Which one depends on the seed alone.
func (d *driver) Begin(x *Exec, seed uint64) bool {
	d.random.state, d.options.state = mix(seed^golden), mix(seed^optionKeys)
	d.current = d.members[d.random.next()>>32&uint64(len(d.members)-1)]
	d.clock.begin(&d.random)
	d.profile.begin()
	d.decisions, d.thread, d.run, d.demoted = 0, -1, 0, false
	d.bound()
	return d.current.Begin(x, seed)
}

// bound sets when the valve opens. Now and then patience is tried without end: threads that have much to do are told from those that spin by
// whether the execution ends before the horizon then.
func (d *driver) bound() {
	d.horizon, d.patience = horizonUnknown, max(patienceFloor, 2*int(d.profile.ops))
	if d.profile.steps > 0 {
		d.horizon = max(horizonFloor, 4*int(d.profile.steps))
	}
	if d.profile.runs%lessonEvery == 1 {
		d.patience = d.horizon
	}
}

// Started passes on.
func (d *driver) Started(x *Exec, thread int32) {
	d.clock.started(x, thread)
	d.profile.started(x, thread)
	d.current.Started(x, thread)
}

// Pick asks the sampler, as long as the execution does not look as if it would never end.
func (d *driver) Pick(x *Exec) int32 {
	d.decisions++
	if d.decisions > d.horizon {
		return x.Enabled[d.random.below(uint64(len(x.Enabled)))]
	}
	if d.run > d.patience {
		d.run, d.demoted = 0, true
		d.current.demote(x, d.thread)
	}
	x, tick := d.clock.hide(x, &d.random)
	switch {
	case tick:
		return d.clock.thread
	case len(x.Enabled) == 1:
		return x.Enabled[0]
	}
	return d.current.Pick(x)
}

// Choose draws: an option is as likely as any other.
func (d *driver) Choose(x *Exec, thread int32, n int) int { return int(d.options.below(uint64(n))) }

// Ran passes on.
func (d *driver) Ran(x *Exec, thread int32, op Op) {
	if thread != d.thread {
		d.thread, d.run = thread, 0
	}
	d.run++
	if d.profile.learning {
		d.profile.ran(thread, op)
	}
	d.current.Ran(x, thread, op)
	if op.Kind == Yield {
		d.current.demote(x, thread)
	}
}

// End learns from the execution.
func (d *driver) End(x *Exec, outcome Outcome) {
	d.current.End(x, outcome)
	steps, steady := d.decisions, !d.demoted
	if steps > d.horizon {
		steps, steady = steps-d.horizon, false
	}
	d.profile.end(x, outcome, steps, steady)
}
