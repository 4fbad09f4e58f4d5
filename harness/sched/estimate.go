package sched

// An Estimator watches another strategy and estimates how much of what it could show it has shown. It counts classes of equivalent schedules: those
// that differ only in the order of operations that do not depend on each other have the same hash, and DPOR would execute one of them.
//
// Two numbers come out, and neither is a proof. Coverage is about the next schedule: the probability that it is equivalent to one seen before
// (Good, "The population frequencies of species and the estimation of population parameters", Biometrika 1953). Total is about the classes: how
// many there are at least (Chao, "Nonparametric estimation of the number of classes in a population", Scandinavian Journal of Statistics 1984).
// A strategy that hardly ever shows some classes makes both look better than they are.
//
// It keeps at most mostTraces hashes. When there are more it keeps every second one, by a bit of the hash, then every fourth, and so on, and
// speaks for all from those (Gibbons, Tirthapura, "Estimating simple functions on the union of data streams", SPAA 2001).
type Estimator struct {
	inner Strategy
	trace fingerprint
	census
}

const mostTraces = 1 << 16

// NewEstimator returns a strategy that decides as inner does, which should be a random one: one that goes through the schedules in order
// shows no class twice.
func NewEstimator(inner Strategy) *Estimator { return &Estimator{inner: inner} }

// Hash returns the hash of this execution as far as it has come. Equivalent schedules have the same, and others different ones but for
// collisions of 64 bits.
func (e *Estimator) Hash() uint64 { return mix(e.trace.sum) }

// Begin passes on.
func (e *Estimator) Begin(x *Exec, seed uint64) bool {
	e.trace.begin()
	return e.inner.Begin(x, seed)
}

// Started passes on.
func (e *Estimator) Started(x *Exec, thread int32) { e.inner.Started(x, thread) }

// Pick passes on.
func (e *Estimator) Pick(x *Exec) int32 { return e.inner.Pick(x) }

// Choose passes on, and adds the option to the hash.
func (e *Estimator) Choose(x *Exec, thread int32, n int) int {
	i := Choose(e.inner, x, thread, n)
	e.trace.chose(x, thread, i)
	return i
}

// Ran adds an operation to the hash.
func (e *Estimator) Ran(x *Exec, thread int32, op Op) {
	e.trace.ran(x, thread, op)
	e.inner.Ran(x, thread, op)
}

// End counts the execution if it ended by itself.
func (e *Estimator) End(x *Exec, outcome Outcome) {
	e.inner.End(x, outcome)
	if outcome == Passed || outcome == Failed {
		e.census.count(e.Hash())
	}
}

// A fingerprint is the hash of the order of dependent operations. Each operation contributes a number of its own, and the sum does not depend on
// the order of the others: which operation of which thread it is, and how many changes of its object came before it. That fixes the order of any
// two that depend on each other, because one of them is a change. Which object it is follows from what its thread has seen before.
type fingerprint struct {
	sum     uint64
	changes []uint32 // by object
	selects uint32   // changes of all channels
	clocks  uint32   // changes of everything
}

func (f *fingerprint) begin() {
	f.sum, f.selects, f.clocks = 0, 0, 0
	f.changes = f.changes[:0]
}

func (f *fingerprint) ran(x *Exec, thread int32, op Op) {
	h := mix(x.Threads[thread].Key + golden*uint64(x.Threads[thread].Ops))
	h = mix(h + f.version(op))
	f.sum += mix(h ^ uint64(f.clocks))
	if op.Kind == Clock {
		f.clocks++
	}
}

// chose adds the option that a thread takes in the operation that it executes.
func (f *fingerprint) chose(x *Exec, thread int32, option int) {
	h := mix(x.Threads[thread].Key + golden*uint64(x.Threads[thread].Ops+1))
	f.sum += mix(mix(h+Option(option)) ^ optionKeys)
}

// version returns how often what an operation touches was changed, and notes whether it changes it.
func (f *fingerprint) version(op Op) (v uint64) {
	if !op.touches() {
		return 0
	}
	if op.Kind == Select {
		f.selects++
		return uint64(f.selects)
	}
	for int(op.Object) >= len(f.changes) {
		f.changes = append(f.changes, 0)
	}
	v = uint64(f.changes[op.Object])
	if op.onChannel() {
		v |= uint64(f.selects) << 32
	}
	if op.changes() {
		f.changes[op.Object]++
	}
	return v
}

// A census counts how often each class was seen.
type census struct {
	seen     table
	times    []uint32 // by number in seen
	n        int      // executions of classes that are kept
	once     int      // classes seen once
	twice    int
	halvings int
	executed int
}

func (c *census) count(hash uint64) {
	c.executed++
	if !c.keeps(hash) {
		return
	}
	i := c.seen.add(hash)
	if int(i) == len(c.times) {
		c.times = append(c.times, 0)
	}
	c.times[i]++
	c.n++
	switch c.times[i] {
	case 1:
		c.once++
	case 2:
		c.once--
		c.twice++
	case 3:
		c.twice--
	}
	if len(c.times) == mostTraces {
		c.halve()
	}
}

// keeps says whether a hash is one of those that are kept.
func (c *census) keeps(hash uint64) bool { return hash&(1<<c.halvings-1) == 0 }

// halve forgets about half of the classes.
func (c *census) halve() {
	old := *c
	*c = census{halvings: old.halvings + 1, executed: old.executed}
	for i, hash := range old.seen.keys {
		if !c.keeps(hash) {
			continue
		}
		c.seen.add(hash)
		c.times = append(c.times, old.times[i])
		c.n += int(old.times[i])
		switch old.times[i] {
		case 1:
			c.once++
		case 2:
			c.twice++
		}
	}
}

// Executions returns how many executions were counted.
func (c *census) Executions() int { return c.executed }

// Traces returns how many classes were seen: exactly, as long as all of them are kept.
func (c *census) Traces() int { return len(c.times) << c.halvings }

// Coverage estimates the probability that another schedule is equivalent to one of those seen, from 0 to 1.
func (c *census) Coverage() float64 {
	if c.n == 0 {
		return 0
	}
	return 1 - float64(c.once)/float64(c.n)
}

// Total estimates how many classes there are. It is more of a lower bound.
func (c *census) Total() float64 {
	f1, f2 := float64(c.once), float64(c.twice)
	return (float64(len(c.times)) + f1*(f1-1)/(2*(f2+1))) * float64(uint64(1)<<c.halvings)
}
