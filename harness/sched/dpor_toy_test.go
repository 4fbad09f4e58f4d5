package sched_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/sched"
	"pgregory.net/rapid"
)

// A toy is a program for a small machine, which shares nothing with the engines and is enumerated by recursion: the reference for what the
// systematic strategies reach. Thread 0 runs at the start. Unlike the coroutine engine it decides about Begin, Go and End too; its read-write lock lets
// readers in while a writer waits; and it has a clock.
type toy [][]Op

const (
	toyClock = 2  // objects below are words
	toyGate  = 10 // the first object of threads, for End and Wait
)

// A toyState is a state of the machine.
type toyState struct {
	pc      []int // by thread; -1 before it is started
	began   []bool
	ended   []bool
	asleep  []bool
	seen    [][]int
	words   [3]int
	holder  int // of the lock: thread+1
	readers int
	writer  int
	items   [2]int // in the two channels, which hold one
	alarms  int
	broken  string
}

func newToy(p toy) *toyState {
	n := len(p)
	s := &toyState{pc: make([]int, n), began: make([]bool, n), ended: make([]bool, n), asleep: make([]bool, n), seen: make([][]int, n)}
	for i := 1; i < n; i++ {
		s.pc[i] = -1
	}
	return s
}

// next is the pending operation of a thread.
func (s *toyState) next(p toy, t int) Op {
	switch {
	case !s.began[t]:
		return Op{Kind: Begin, Object: NoObject}
	case s.pc[t] < len(p[t]):
		return p[t][s.pc[t]]
	}
	return Op{Kind: End, Object: toyGate + int32(t)}
}

// can says whether a thread can go on.
func (s *toyState) can(p toy, t int) bool {
	if s.pc[t] < 0 || s.ended[t] || s.asleep[t] {
		return false
	}
	op := s.next(p, t)
	switch op.Kind {
	case Lock:
		return op.Object == 3 && s.holder == 0 || op.Object == 4 && s.writer == 0 && s.readers == 0
	case RLock:
		return s.writer == 0
	case Send:
		return s.items[op.Object-5] == 0
	case Receive:
		return s.items[op.Object-5] > 0
	case Select:
		return s.items[0]+s.items[1] > 0
	case Wait:
		return s.ended[op.Object-toyGate]
	}
	return true
}

// options is how many ways there are to execute the pending operation of a thread.
func (s *toyState) options(p toy, t int) int {
	switch op := s.next(p, t); {
	case op.Kind == Select && s.items[0] > 0 && s.items[1] > 0:
		return 2
	case op.Kind == Choice:
		return 3
	}
	return 1
}

// do executes the pending operation of a thread, in one of the ways, and returns the thread that it starts, or -1.
func (s *toyState) do(p toy, t, option int) (started int) {
	op := s.next(p, t)
	started = -1
	if op.Kind == Begin {
		s.began[t] = true
		return -1
	}
	see := func(v int) { s.seen[t] = append(s.seen[t], v) }
	s.pc[t]++
	id := 10*t + s.pc[t]
	switch op.Kind {
	case Read:
		see(s.words[op.Object])
	case Write:
		s.words[op.Object] = id
	case Update:
		see(s.words[op.Object])
		s.words[op.Object] = s.words[op.Object]*3 + id
	case Lock:
		if op.Object == 3 {
			s.holder = t + 1
		} else {
			s.writer = t + 1
		}
	case TryLock:
		see(s.holder)
		if s.holder == 0 {
			s.holder = t + 1
		}
	case RLock:
		s.readers++
	case Unlock:
		s.unlock(t, op.Object)
	case Send:
		s.items[op.Object-5] = id
	case Receive:
		see(s.items[op.Object-5])
		s.items[op.Object-5] = 0
	case Select:
		k := option
		if s.items[0] == 0 {
			k = 1
		}
		see(s.items[k])
		s.items[k] = 0
	case Choice:
		see(option)
	case Sleep:
		s.asleep[t] = true
	case Go:
		started = t + 1
		s.pc[started] = 0
	case End:
		s.ended[t] = true
	}
	return started
}

// unlock gives up whatever the thread holds; what it does not hold breaks the execution.
func (s *toyState) unlock(t int, object int32) {
	switch {
	case object == 3 && s.holder == t+1:
		s.holder = 0
	case object == 4 && s.writer == t+1:
		s.writer = 0
	case object == 4 && s.readers > 0:
		s.readers--
	default:
		s.broken = fmt.Sprint("thread ", t, " unlocks what nobody holds")
	}
}

// alarm lets the clock run: it wakes the sleeper with the lowest number and changes a word.
func (s *toyState) alarm() {
	s.alarms++
	s.words[toyClock] = 100 + s.alarms
	s.asleep[slices.Index(s.asleep, true)] = false
}

func (s *toyState) ending() string {
	if s.broken != "" {
		return s.broken
	}
	return fmt.Sprint(s.seen, s.words, s.holder, s.readers, s.writer, s.items, s.ended, s.alarms)
}

// A toyRun executes a toy under a strategy. The clock is the thread after those of the program.
type toyRun struct {
	p      toy
	s      *toyState
	x      Exec
	number []int32 // of threads of the program, in this execution; the clock is 1
	thread []int   // back
	trace  []toyEvent
}

type toyEvent struct {
	thread int
	op     Op
	option int
}

func runToy(p toy, strategy Strategy, seed uint64) (*toyRun, Outcome, bool) {
	r := &toyRun{p: p, s: newToy(p), number: make([]int32, len(p)+1)}
	r.x.Current = -1
	if !strategy.Begin(&r.x, seed) {
		return nil, Pruned, false
	}
	r.start(strategy, 0, -1)
	r.start(strategy, len(p), -1)
	outcome := r.loop(strategy)
	strategy.End(&r.x, outcome)
	return r, outcome, true
}

func (r *toyRun) start(strategy Strategy, t int, parent int32) {
	r.number[t] = int32(len(r.x.Threads))
	r.thread = append(r.thread, t)
	th := Thread{Key: uint64(1000 + t), Parent: parent, Live: true}
	if t == len(r.p) {
		th.Key, th.Next = ClockKey, Op{Kind: Clock, Object: NoObject}
	} else {
		th.Next = r.s.next(r.p, t)
	}
	r.x.Threads = append(r.x.Threads, th)
	strategy.Started(&r.x, r.number[t])
}

// enable lists who can go on. The clock may run if somebody sleeps.
func (r *toyRun) enable() {
	r.x.Enabled = r.x.Enabled[:0]
	for i, t := range r.thread {
		if t == len(r.p) && slices.Contains(r.s.asleep, true) || t < len(r.p) && r.s.can(r.p, t) {
			r.x.Enabled = append(r.x.Enabled, int32(i))
		}
	}
}

func (r *toyRun) loop(strategy Strategy) Outcome {
	for {
		r.enable()
		switch {
		case r.s.broken != "":
			return Failed
		case len(r.x.Enabled) == 0 && slices.Contains(r.s.ended, false):
			return Failed
		case len(r.x.Enabled) == 0:
			return Passed
		}
		pick := r.x.Enabled[0]
		if len(r.x.Enabled) > 1 {
			if pick = strategy.Pick(&r.x); pick == Stop {
				return Pruned
			}
		}
		r.step(strategy, pick)
	}
}

func (r *toyRun) step(strategy Strategy, pick int32) {
	t, th := r.thread[pick], &r.x.Threads[pick]
	op, started, option := th.Next, -1, 0
	if t == len(r.p) {
		r.s.alarm()
	} else {
		if n := r.s.options(r.p, t); n > 1 {
			option = Choose(strategy, &r.x, pick, n)
		}
		started = r.s.do(r.p, t, option)
		if th.Live = !r.s.ended[t]; th.Live {
			th.Next = r.s.next(r.p, t)
		}
	}
	r.trace = append(r.trace, toyEvent{t, op, option})
	th.Ops++
	r.x.Current = pick
	strategy.Ran(&r.x, pick, op)
	if started >= 0 {
		r.start(strategy, started, pick)
	}
}

// toyDepends is the dependence relation once more, as it is meant.
func toyDepends(a, b Op) bool {
	if a.Kind == Clock || b.Kind == Clock {
		return true
	}
	channel := func(o Op) bool { return o.Kind == Send || o.Kind == Receive || o.Kind == Select }
	if a.Kind == Select && channel(b) || b.Kind == Select && channel(a) {
		return true
	}
	harmless := func(o Op) bool { return o.Kind == Read || o.Kind == RLock || o.Kind == Wait }
	return a.Object >= 0 && a.Object == b.Object && !(harmless(a) && harmless(b))
}

// normal is the normal form of Foata of a trace: each operation with the length of the longest chain of dependent ones that ends in it.
func normal(trace []toyEvent) string {
	levels := make([]int, len(trace))
	parts := make([]string, len(trace))
	for k, e := range trace {
		for i, f := range trace[:k] {
			starts := f.op.Kind == Go && e.thread == f.thread+1
			if f.thread == e.thread || starts || toyDepends(e.op, f.op) {
				levels[k] = max(levels[k], levels[i]+1)
			}
		}
		parts[k] = fmt.Sprintf("%03d.%d.%d.%d.%d", levels[k], e.thread, e.op.Kind, e.op.Object, e.option)
	}
	sort.Strings(parts)
	return strings.Join(parts, " ")
}

// An exhaustive is a strategy that enumerates all choices, and the simplest one that does: it counts in the number system of the choices.
type exhaustive struct {
	digits, bases []int
	depth         int
	begun         bool
}

func (e *exhaustive) Begin(x *Exec, seed uint64) bool {
	for k := len(e.digits) - 1; e.begun; k-- {
		if k < 0 {
			return false
		}
		if e.digits[k]++; e.digits[k] < e.bases[k] {
			e.digits, e.bases = e.digits[:k+1], e.bases[:k+1]
			break
		}
	}
	e.begun, e.depth = true, 0
	return true
}

func (e *exhaustive) Pick(x *Exec) int32 { return x.Enabled[e.digit(len(x.Enabled))] }

func (e *exhaustive) Choose(x *Exec, thread int32, n int) int { return e.digit(n) }

func (e *exhaustive) digit(n int) int {
	if e.depth == len(e.digits) {
		e.digits, e.bases = append(e.digits, 0), append(e.bases, n)
	}
	e.depth++
	return e.digits[e.depth-1]
}

func (e *exhaustive) Started(x *Exec, thread int32)    {}
func (e *exhaustive) Ran(x *Exec, thread int32, op Op) {}
func (e *exhaustive) End(x *Exec, outcome Outcome)     {}

// reached is what a strategy shows of a toy.
type reached struct {
	endings, traces map[string]int
	hashes          map[uint64]int
	complete        int
	broken          bool
}

// explore goes on until nothing is left. It returns false after so many executions. Normal forms are slow to make, so they are left out on request.
func explore(p toy, strategy Strategy, most int, normals bool) (reached, bool) {
	all := reached{endings: map[string]int{}, traces: map[string]int{}, hashes: map[uint64]int{}}
	e := NewEstimator(strategy)
	for range most {
		r, outcome, more := runToy(p, e, 1)
		if !more {
			return all, true
		}
		if outcome == Pruned {
			continue
		}
		all.complete++
		all.endings[r.s.ending()]++
		if normals {
			all.traces[normal(r.trace)]++
		}
		all.hashes[e.Hash()]++
		all.broken = all.broken || r.s.broken != ""
	}
	return all, false
}

// toys draws programs: each thread but the last starts the next one, somewhere.
func toys(ops []Op) *rapid.Generator[toy] {
	return rapid.Custom(func(t *rapid.T) toy {
		n := rapid.IntRange(2, 3).Draw(t, "threads")
		longest := 6 - n
		p := make(toy, n)
		for i := range p {
			p[i] = rapid.SliceOfN(rapid.SampledFrom(ops), 1, longest).Draw(t, "operations")
			if i < n-1 {
				at := rapid.IntRange(0, min(1, len(p[i]))).Draw(t, "go")
				p[i] = slices.Insert(p[i], at, Op{Kind: Go, Object: NoObject})
			}
		}
		if rapid.Bool().Draw(t, "join") {
			p[0] = append(p[0], Op{Kind: Wait, Object: toyGate + int32(n-1)}, Op{Kind: Read, Object: 0})
		}
		return p
	})
}

var (
	toyWords    = []Op{{Read, 0}, {Write, 0}, {Update, 0}, {Read, 1}, {Write, 1}}
	toyLocks    = []Op{{Lock, 3}, {Unlock, 3}, {TryLock, 3}, {Lock, 4}, {RLock, 4}, {RLock, 4}, {Unlock, 4}, {Update, 0}}
	toyChannels = []Op{{Send, 5}, {Receive, 5}, {Send, 6}, {Receive, 6}, {Select, 5}, {Write, 0}, {Read, 0}}
	toyChoices  = []Op{{Choice, NoObject}, {Update, 0}, {Select, 5}, {Send, 5}, {Send, 6}, {Read, 0}}
	toyTimes    = []Op{{Sleep, NoObject}, {Read, toyClock}, {Write, 0}, {Update, 0}, {Yield, NoObject}}
)

// TestReductionReachesEveryTrace compares with all schedules of the machine: the final states and deadlocks are the same, and if nothing breaks,
// every class of equivalent schedules is executed exactly once, and each has its own hash.
func TestReductionReachesEveryTrace(t *testing.T) {
	for name, ops := range map[string][]Op{
		"words": toyWords, "locks": toyLocks, "channels": toyChannels, "choices": toyChoices, "times": toyTimes,
		"all": slices.Concat(toyWords, toyLocks, toyChannels, toyChoices, toyTimes),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkToy(t, toys(ops).Draw(t, "program")) })
		})
	}
}

// toyMost is how many schedules a program may have.
const toyMost = 240 / share

func checkToy(t *rapid.T, p toy) {
	want, done := explore(p, &exhaustive{}, toyMost, true)
	if !done {
		t.Skip("too many schedules")
	}
	d := NewDPOR()
	got, done := explore(p, d, 2*toyMost, true)
	switch {
	case !done || !d.Exhausted() || d.Progress() != 1:
		t.Fatal("not exhausted")
	case !slices.Equal(keys(got.endings), keys(want.endings)):
		t.Logf("reduced: %q\nall:     %q", keys(got.endings), keys(want.endings))
		t.Fatal("reduction loses or invents a final state")
	case len(want.hashes) != len(want.traces):
		t.Fatalf("%d hashes of %d traces", len(want.hashes), len(want.traces))
	case !want.broken && !slices.Equal(keys(got.traces), keys(want.traces)):
		t.Fatalf("%d of %d traces", len(got.traces), len(want.traces))
	case !want.broken && d.Traces() != len(want.traces):
		t.Fatalf("%d executions for %d traces", d.Traces(), len(want.traces))
	}
	checkBounds(t, p, want)
}

// checkBounds checks that the bounded strategies execute every schedule once, when there is no bound.
func checkBounds(t *rapid.T, p toy, want reached) {
	for _, b := range []*Bounded{NewPB(), NewDB()} {
		got, done := explore(p, b, 100*toyMost, false)
		if !done || !b.Exhausted() || b.String() != "all schedules" {
			t.Fatal("not exhausted")
		}
		if b.Schedules() != want.complete || len(got.hashes) != len(want.hashes) {
			t.Fatalf("%d schedules of %d", b.Schedules(), want.complete)
		}
	}
}
