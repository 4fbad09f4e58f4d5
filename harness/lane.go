package harness

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// A lane is one client's part of a program and the record of its execution. Everything in it is written by the client's goroutine
// alone and sized before it starts: recording takes one reading of the clock, three stores and no lock, and allocates nothing. RECORDING.md
// says why one reading is enough, and what it costs.
type lane struct {
	id    int
	steps []Step
	cols  []column // by operation
	op    []column // by step
	start []int64  // nanoseconds since epoch
	end   []int64
	epoch time.Time
	twice bool // the clock is read before each operation too

	_    [64]byte
	done atomic.Int64 // steps finished, for the watchdog
	_    [64]byte

	crash   any // what the client panicked with
	stack   []byte
	exited  bool // the goroutine left by Goexit
	pausing bool
	rest    uint64 // state of the yield decisions
}

// newLanes splits a program by client.
func newLanes(t *Target, p Program, epoch time.Time, seed uint64) []*lane {
	lanes := make([]*lane, p.Clients())
	for c := range lanes {
		lanes[c] = &lane{id: c, epoch: epoch, twice: !fineClock(), rest: seed + uint64(c)*0x9e3779b97f4a7c15, cols: make([]column, len(t.Operations))}
	}
	for _, s := range p {
		l := lanes[s.Client]
		l.steps = append(l.steps, s)
	}
	for _, l := range lanes {
		l.prepare(t)
	}
	return lanes
}

// prepare makes room for the record.
func (l *lane) prepare(t *Target) {
	n := len(l.steps)
	l.start, l.end, l.op = make([]int64, n), make([]int64, n), make([]column, n)
	for i, s := range l.steps {
		if l.cols[s.op] == nil {
			l.cols[s.op] = t.Operations[s.op].codec.column(n)
		}
		l.op[i] = l.cols[s.op]
		l.op[i].set(i, s.Arg)
	}
}

// run executes the steps on a client. A yield is injected with probability one half behind the first and before the second stamp, because on few
// cores operations that nothing interrupts never overlap, and such a history tests nothing.
//
// An operation starts one tick after the one before ended, which is never too late and is earlier than its call by the few nanoseconds between
// the two. Where the clock is too coarse for that, it is read again.
func (l *lane) run(client any) {
	defer l.leave()
	at := l.now()
	for i := range l.steps {
		l.start[i] = at
		if l.pausing && l.flip() {
			runtime.Gosched()
		}
		l.op[i].call(client, i)
		if l.pausing && l.flip() {
			runtime.Gosched()
		}
		at = l.now()
		l.end[i] = at
		l.done.Store(int64(i + 1))
		if at++; l.twice {
			at = l.now()
		}
	}
}

// now returns nanoseconds since the epoch by the monotonic clock. time.Since reads that clock alone, which is half of time.Now.
func (l *lane) now() int64 { return int64(time.Since(l.epoch)) }

// flip tosses a coin (xorshift64*; Vigna, ACM TOMS 42(4), 2016).
func (l *lane) flip() bool {
	x := l.rest | 1
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	l.rest = x
	return x*0x2545f4914f6cdd1d>>63 == 1
}

// leave notes how the goroutine ended.
func (l *lane) leave() {
	if e := recover(); e != nil {
		l.crash, l.stack = e, debug.Stack()
		return
	}
	l.exited = int(l.done.Load()) < len(l.steps)
}

// calls appends the lane's record to a history. Its goroutine must have ended. A call that did not return, or whose result does not tell
// whether it took effect, is pending.
func (l *lane) calls(list []Call) []Call {
	done := int(l.done.Load())
	for i, s := range l.steps[:min(done+1, len(l.steps))] {
		c := Call{Client: l.id, Op: s.Op, Arg: s.Arg, Start: l.start[i], op: s.op, Pending: true}
		if i < done {
			c.Result, c.End = l.op[i].result(i), l.end[i]
			c.Pending = indeterminate(c.Result)
		}
		list = append(list, c)
	}
	return list
}

// indeterminate reports whether a result does not tell if the operation took effect.
func indeterminate(result any) bool {
	r, ok := result.(Indeterminate)
	return ok && r.Indeterminate()
}

// history joins the records of all lanes, whose goroutines must have ended.
func history(lanes []*lane) *History {
	h := &History{}
	for _, l := range lanes {
		h.Calls = l.calls(h.Calls)
	}
	h.sort()
	return h
}

// panicked returns the verdict of a panic in some lane, if there was one.
func panicked(lanes []*lane) (Verdict, bool) {
	for _, l := range lanes {
		if l.crash != nil {
			return panicVerdict(l.crash, l.stack), true
		}
	}
	return Verdict{}, false
}

// exited returns the operation in which some lane's goroutine ended by Goexit, if one did.
func exited(lanes []*lane) (op string, ok bool) {
	for _, l := range lanes {
		if l.exited {
			return l.steps[l.done.Load()].Op, true
		}
	}
	return "", false
}

// panicVerdict describes a panic of the code under test.
func panicVerdict(value any, stack []byte) Verdict {
	return Violation("panic", template(fmt.Sprint(value)), fmt.Sprintf("panic: %v\n%s", value, stack))
}
