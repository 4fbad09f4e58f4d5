package sched

// A Recorder lets another strategy decide and notes where it deviates from the default rule. What it notes is the whole schedule: a
// Replay of it makes the same decisions, as long as the program is the same and draws the same data.
type Recorder struct {
	inner    Strategy
	habit    habit
	switches []Switch
	changes  int
}

// NewRecorder returns a strategy that decides as inner does.
func NewRecorder(inner Strategy) *Recorder { return &Recorder{inner: inner} }

// Switches returns the deviations of this execution so far, in order. The list only grows until the next Begin, which uses its memory
// again: take a copy of what is to be kept.
func (r *Recorder) Switches() []Switch { return r.switches }

// Changes returns how often another thread than the one before has run, forced or not.
func (r *Recorder) Changes() int { return r.changes }

// Begin forgets the execution before.
func (r *Recorder) Begin(x *Exec, seed uint64) bool {
	r.habit.begin()
	r.switches, r.changes = r.switches[:0], 0
	return r.inner.Begin(x, seed)
}

// Started passes on.
func (r *Recorder) Started(x *Exec, thread int32) { r.inner.Started(x, thread) }

// Pick notes the decision if it is not the default one.
func (r *Recorder) Pick(x *Exec) int32 {
	to := r.inner.Pick(x)
	if to < 0 || to == r.habit.pick(x) {
		return to
	}
	s := here(x)
	s.To = x.Threads[to].Key
	r.switches = append(r.switches, s)
	return to
}

// Choose notes the choice if it is not the usual one.
func (r *Recorder) Choose(x *Exec, thread int32, n int) int {
	i := Choose(r.inner, x, thread, n)
	if i != preferred(x, thread, n) {
		r.switches = append(r.switches, chosen(x, thread, i))
	}
	return i
}

// Ran passes on.
func (r *Recorder) Ran(x *Exec, thread int32, op Op) {
	if r.habit.thread >= 0 && r.habit.thread != thread {
		r.changes++
	}
	r.habit.ran(x, thread, op)
	r.inner.Ran(x, thread, op)
}

// End passes on.
func (r *Recorder) End(x *Exec, outcome Outcome) { r.inner.End(x, outcome) }
