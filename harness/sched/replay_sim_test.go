package sched_test

import (
	"slices"

	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// An instr is one instruction of a thread of the machine. Op.Object is the number of a lock, a variable, or for Go the thread to start.
type instr struct {
	op Op
	do func(m *machine, t *runner) // may set variables, jump and fail; nil for nothing
}

// A runner is a thread of the machine.
type runner struct {
	code     []instr
	pc       int
	reg      int
	children int
	started  bool
	ended    bool
	asleep   bool
}

// A machine runs programs of few kinds of operations: locks, variables, go, yield, sleep. Thread 0 of the program starts; thread 1 of
// the execution is the clock if the program sleeps anywhere.
type machine struct {
	x       Exec
	code    [][]instr
	threads []*runner // by number; nil for the clock
	locks   map[int32]int32
	vars    [8]int
	failed  bool
	trace   []int32
}

// execute runs a program once.
func execute(code [][]instr, s Strategy, seed uint64, limit int) (*machine, Outcome) {
	m := &machine{code: code, locks: map[int32]int32{}}
	m.x.Current = -1
	s.Begin(&m.x, seed)
	m.start(s, 0, 7, -1)
	if m.sleeps() {
		m.threads = append(m.threads, nil)
		m.x.Threads = append(m.x.Threads, Thread{Key: ClockKey, Parent: -1, Live: true, Next: Op{Clock, NoObject}})
		s.Started(&m.x, 1)
	}
	outcome := m.loop(s, limit)
	s.End(&m.x, outcome)
	return m, outcome
}

func (m *machine) sleeps() bool {
	return slices.ContainsFunc(m.code, func(c []instr) bool {
		return slices.ContainsFunc(c, func(i instr) bool { return i.op.Kind == Sleep })
	})
}

func (m *machine) start(s Strategy, program int, key uint64, parent int32) {
	m.threads = append(m.threads, &runner{code: m.code[program]})
	m.x.Threads = append(m.x.Threads, Thread{Key: key, Parent: parent, Live: true, Next: Op{Begin, NoObject}})
	s.Started(&m.x, int32(len(m.threads)-1))
}

func (m *machine) loop(s Strategy, limit int) Outcome {
	for range limit {
		m.enable()
		var pick int32
		switch len(m.x.Enabled) {
		case 0:
			if m.failed || m.live() {
				return Failed
			}
			return Passed
		case 1:
			pick = m.x.Enabled[0]
		default:
			m.x.Steps++
			if pick = s.Pick(&m.x); pick < 0 {
				return Pruned
			}
		}
		m.step(s, pick)
		if m.failed {
			return Failed
		}
	}
	return CutOff
}

func (m *machine) live() bool {
	return slices.ContainsFunc(m.threads, func(t *runner) bool { return t != nil && !t.ended })
}

func (m *machine) enable() {
	m.x.Enabled = m.x.Enabled[:0]
	for i := range m.threads {
		if m.can(i) {
			m.x.Enabled = append(m.x.Enabled, int32(i))
		}
	}
}

func (m *machine) can(i int) bool {
	t := m.threads[i]
	if t == nil {
		return slices.ContainsFunc(m.threads, func(t *runner) bool { return t != nil && t.asleep })
	}
	next := m.x.Threads[i].Next
	_, held := m.locks[next.Object]
	return !t.ended && !t.asleep && !(next.Kind == Lock && held)
}

// step executes the pending operation of a thread.
func (m *machine) step(s Strategy, pick int32) {
	t, x := m.threads[pick], &m.x
	op := x.Threads[pick].Next
	m.trace = append(m.trace, pick)
	switch op.Kind {
	case Clock:
		i := slices.IndexFunc(m.threads, func(t *runner) bool { return t != nil && t.asleep })
		m.threads[i].asleep = false
	case Begin:
		t.started = true
	case End:
		t.ended, x.Threads[pick].Live = true, false
	default:
		m.instruct(pick, t, op)
	}
	x.Threads[pick].Ops++
	x.Current = pick
	if t != nil && !t.ended {
		x.Threads[pick].Next = t.next()
	}
	s.Ran(x, pick, op)
	if op.Kind == Go {
		t.children++
		m.start(s, int(op.Object), x.Threads[pick].Key*31+uint64(t.children), pick)
	}
}

func (t *runner) next() Op {
	if t.pc < len(t.code) {
		return t.code[t.pc].op
	}
	return Op{End, NoObject}
}

func (m *machine) instruct(pick int32, t *runner, op Op) {
	switch op.Kind {
	case Lock:
		m.locks[op.Object] = pick
	case Unlock:
		delete(m.locks, op.Object)
	case Sleep:
		t.asleep = true
	}
	do := t.code[t.pc].do
	t.pc++
	if do != nil {
		do(m, t)
	}
}

// A dice is the random walk.
type dice struct{ state uint64 }

func (d *dice) Begin(x *Exec, seed uint64) bool  { d.state = seed; return true }
func (d *dice) Started(x *Exec, thread int32)    {}
func (d *dice) Ran(x *Exec, thread int32, op Op) {}
func (d *dice) End(x *Exec, outcome Outcome)     {}
func (d *dice) Pick(x *Exec) int32 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return x.Enabled[(z^z>>31)%uint64(len(x.Enabled))]
}
