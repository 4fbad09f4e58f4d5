package model

import (
	"math/bits"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// A Program is what the first thread does.
type Program func(t *T)

// Limits bound an execution.
type Limits struct {
	// Steps is after how many operations an execution is cut off. Zero means 20 000.
	Steps int

	_ struct{}
}

// A Failure says how an execution failed.
type Failure uint8

// The failures.
const (
	NoFailure Failure = iota
	Assertion
	Deadlock
	Panic
)

var failures = [...]string{"none", "assertion", "deadlock", "panic"}

// String returns the name of a failure.
func (f Failure) String() string { return failures[f] }

// A Result is what happened in one execution.
type Result struct {
	Outcome sched.Outcome
	Failure Failure
	Message string // of the assertion or panic; of a deadlock, who waits for what
	Thread  string // the name of the thread that failed; empty for a deadlock

	Steps      int // decisions, choices among them
	Operations int // executed, decided or not
	Threads    int

	Exhausted bool // the strategy had nothing left: nothing was run

	Switches []sched.Switch // if asked for: where the schedule deviates from the default rule. Valid until the next Run
	Trace    []Event        // if asked for: all operations in order. Valid until the next Run
}

// An Event is one operation executed.
type Event struct {
	Thread int32
	Op     sched.Op
}

// An Engine executes programs. It keeps its coroutines and its memory from one execution to the next, so that an execution costs little
// more than its switches. It belongs to one goroutine at a time.
type Engine struct {
	limits   Limits
	x        sched.Exec
	strategy sched.Strategy
	seed     uint64
	run      uint64 // number of this execution, for objects to know whether they are new in it
	threads  []*T   // more than there are now, if earlier executions had more
	count    int    // of threads in this execution
	live     int    // that have not ended
	running  *T     // whose code is running
	target   *T     // who is to run next, for the coroutines below on the stack; nil for the end
	mask     []uint64
	stale    bool // mask is ahead of x.Enabled
	urgent   []*T // whose next operation is not to be decided about, and who can go on
	over     bool // the outcome is known
	aborting bool // what is left is being unwound
	judging  bool // the strategy has control
	result   Result

	recording bool
	recorder  *sched.Recorder
	recorded  sched.Strategy // what the recorder records
	trace     []Event

	pools pools
}

// New returns an engine. Close releases its coroutines.
func New(l Limits) *Engine {
	if l.Steps <= 0 {
		l.Steps = 20_000
	}
	return &Engine{limits: l}
}

// Record says whether the following executions note their switches and their trace.
func (e *Engine) Record(on bool) { e.recording = on }

// Close ends the coroutines of the engine. It must not be used afterwards.
func (e *Engine) Close() {
	for _, t := range e.threads {
		if t.stop != nil {
			t.stop()
		}
	}
	e.threads = nil
}

// Run executes a program once, under the decisions that a strategy takes for the seed.
func (e *Engine) Run(p Program, s sched.Strategy, seed uint64) Result {
	e.reset(s, seed)
	if !e.strategy.Begin(&e.x, seed) {
		return Result{Outcome: sched.Pruned, Exhausted: true}
	}
	main := e.start("main", nil, p)
	if !e.over {
		e.strategy.Started(&e.x, 0)
		e.dispatch(e.decide())
	}
	e.unwind()
	main.run = nil
	e.strategy.End(&e.x, e.result.Outcome)
	return e.report()
}

func (e *Engine) reset(s sched.Strategy, seed uint64) {
	e.strategy, e.seed = s, seed
	if e.recording {
		e.record(s)
	}
	e.x = sched.Exec{Threads: e.x.Threads[:0], Objects: e.x.Objects[:0], Enabled: e.x.Enabled[:0], Current: -1}
	e.run++
	e.count, e.live, e.over, e.stale, e.judging = 0, 0, false, false, false
	e.result = Result{}
	e.trace, e.urgent = e.trace[:0], e.urgent[:0]
	clear(e.mask)
	e.pools.reset()
}

// record puts a recorder in front of the strategy.
func (e *Engine) record(s sched.Strategy) {
	if e.recorder == nil || e.recorded != s {
		e.recorder, e.recorded = sched.NewRecorder(s), s
	}
	e.strategy = e.recorder
}

func (e *Engine) report() Result {
	r := e.result
	r.Steps, r.Threads = e.x.Steps, e.count
	if e.recording {
		r.Switches, r.Trace = e.recorder.Switches(), e.trace
	}
	return r
}

// decide returns the thread that runs next, or nil if the execution is over.
func (e *Engine) decide() *T {
	if e.over {
		return nil
	}
	if n := len(e.urgent); n > 0 && e.result.Operations < e.limits.Steps {
		t := e.urgent[n-1]
		e.urgent = e.urgent[:n-1]
		return t
	}
	if e.stale {
		e.refresh()
	}
	switch n := len(e.x.Enabled); {
	case n == 0:
		e.halt()
		return nil
	case e.result.Operations >= e.limits.Steps:
		return e.finish(sched.CutOff)
	case n == 1:
		return e.threads[e.x.Enabled[0]]
	}
	return e.ask()
}

// ask lets the strategy decide.
func (e *Engine) ask() (t *T) {
	e.judging = true
	if pick := e.strategy.Pick(&e.x); pick == sched.Stop {
		e.finish(sched.Pruned)
	} else if t = e.threads[pick]; !t.enabled {
		panic("model: the strategy picked a thread that is not enabled")
	} else {
		e.x.Steps++
	}
	e.judging = false
	return t
}

// choose lets the strategy choose one of n options, at least two, in the operation that a thread executes.
func (e *Engine) choose(t *T, n int) int {
	e.judging = true
	i := sched.Choose(e.strategy, &e.x, t.id, n)
	if i < 0 || i >= n {
		panic("model: the strategy chose an option that there is not")
	}
	e.x.Steps++
	e.judging = false
	return i
}

// finish ends the execution with an outcome.
func (e *Engine) finish(o sched.Outcome) *T {
	e.over, e.result.Outcome = true, o
	return nil
}

// halt ends an execution in which nobody can go on: all are done, or those that are not wait for each other.
func (e *Engine) halt() {
	if e.live == 0 {
		e.finish(sched.Passed)
		return
	}
	e.fail(Deadlock, "", e.deadlock())
}

// fail ends the execution with a failure, unless it had failed before.
func (e *Engine) fail(f Failure, thread, message string) {
	if e.over {
		return
	}
	e.finish(sched.Failed)
	e.result.Failure, e.result.Thread, e.result.Message = f, thread, message
}

// complete tells the strategy of an operation that was executed.
func (e *Engine) complete(t *T, done sched.Op) {
	e.x.Threads[t.id].Ops++
	e.x.Current = t.id
	e.result.Operations++
	if e.recording {
		e.trace = append(e.trace, Event{t.id, done})
	}
	e.judging = true
	e.strategy.Ran(&e.x, t.id, done)
	if t.child != nil {
		e.strategy.Started(&e.x, t.child.id)
		t.child = nil
	}
	e.judging = false
}

// enable says whether a thread can go on. The list that strategies see is made from the bits when the next decision is due, because an
// operation such as Unlock may change many of them.
func (e *Engine) enable(t *T, on bool) {
	if t.enabled == on {
		return
	}
	t.enabled, e.stale = on, true
	e.mask[t.id>>6] ^= 1 << (t.id & 63)
}

func (e *Engine) refresh() {
	list := e.x.Enabled[:0]
	for i, word := range e.mask {
		for ; word != 0; word &= word - 1 {
			list = append(list, int32(i<<6+bits.TrailingZeros64(word)))
		}
	}
	e.x.Enabled, e.stale = list, false
}
