package sim

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A Config says what a world is like while no fault disturbs it. The zero value of each field means its default.
type Config struct {
	// MinDelay and MaxDelay bound how long a message travels (default 1 ms and 10 ms).
	MinDelay, MaxDelay time.Duration
	// Ordered keeps messages from one host to another in the order in which they were sent, as a connection does.
	Ordered bool
	// Drift is how many parts in a million a clock may run fast or slow (default 200). It is a promise to the system: faults keep it too.
	Drift int
	// Tempo is the time scale of the system, such as its usual timeout (default 100 ms). Faults last some multiples of it.
	Tempo time.Duration
}

// with returns the config with its defaults filled in.
func (c Config) with() Config {
	if c.MaxDelay == 0 {
		c.MinDelay, c.MaxDelay = time.Millisecond, 10*time.Millisecond
	}
	if c.Drift == 0 {
		c.Drift = 200
	}
	if c.Tempo == 0 {
		c.Tempo = 100 * time.Millisecond
	}
	return c
}

// A World holds machines, clients and what is to happen. It is used by one goroutine.
type World struct {
	config Config
	random *choice.Stream

	now    time.Duration
	steps  int
	stamp  int64
	work   int // calls of the current step, to see one that spins
	queue  queue
	closed bool

	hosts   []*host
	byName  map[string]*host
	running *host // whose step it is
	procs   []*proc
	proc    *proc // the client that is running
	blocked map[link]int
	filters []*filter
	arrival map[link]time.Duration // of the last message, if ordered

	recording bool
	log       []Line
	failure   *Failure
}

// New returns an empty world whose decisions are drawn from the stream.
func New(random *choice.Stream) *World {
	return &World{config: Config{}.with(), random: random, byName: map[string]*host{}, blocked: map[link]int{}, arrival: map[link]time.Duration{}}
}

// Configure replaces the config. It must come before the first machine and port.
func (w *World) Configure(c Config) {
	if len(w.hosts) > 0 {
		panic("sim: Configure must come before the first Machine or Port")
	}
	w.config = c.with()
}

// Config returns the config with its defaults filled in.
func (w *World) Config() Config { return w.config }

// Time returns the true time since the beginning, which no machine can read.
func (w *World) Time() time.Duration { return w.now }

// Steps returns how many events have happened.
func (w *World) Steps() int { return w.steps }

// Stamp returns a number larger than any it returned before. Stamps order what happens within one step too, so a history of stamps is exact.
func (w *World) Stamp() int64 {
	w.stamp++
	return w.stamp
}

// A Failure is a panic in a step, or a step that does not end.
type Failure struct {
	// Host is whose step it was, or "" for one of the world's own.
	Host string
	// Value is what it panicked with, Stack where.
	Value any
	Stack string
}

// Failure returns the first panic of a step, or nil. After one, the world stands still.
func (w *World) Failure() *Failure { return w.failure }

// Step lets the next event happen, and reports whether there was one. The time of the world jumps to it.
func (w *World) Step() bool {
	for w.failure == nil && !w.closed {
		e := w.queue.pop()
		if e == nil {
			return false
		}
		if e.dead {
			w.queue.recycle(e)
			continue
		}
		if e.host != nil && e.host.paused {
			e.host.stash = append(e.host.stash, e)
			continue
		}
		w.now = e.at
		if w.early(e) {
			continue
		}
		w.steps++
		w.stamp++
		w.happen(e)
		return true
	}
	return false
}

// early puts an event back that is bound to a clock which has been slowed down since.
func (w *World) early(e *event) bool {
	if e.due == 0 {
		return false
	}
	left := e.due - e.host.clock.read(w.now)
	if left <= 0 {
		return false
	}
	w.queue.put(e, w.now+e.host.clock.span(left), w.random.Uint64())
	return true
}

// happen executes an event.
func (w *World) happen(e *event) {
	defer w.caught()
	w.running, w.work = e.host, 0
	switch e.kind {
	case arrives:
		w.arrive(e)
	case rings:
		e.host.machine.ring(e)
	case boots:
		e.host.machine.start(e)
	case resumes:
		if p := e.proc; p.parked == e.turn {
			w.resume(p)
		}
	case calls:
		e.call()
	}
	w.queue.recycle(e)
}

// caught ends a step, which may have been cut by a crash or a panic.
func (w *World) caught() {
	e := recover()
	if _, crash := e.(powerLoss); e != nil && !crash {
		w.fail(e, string(debug.Stack()))
	}
	w.running = nil
}

// fail notes the first panic.
func (w *World) fail(value any, stack string) {
	if w.failure != nil {
		return
	}
	f := &Failure{Value: value, Stack: stack}
	if w.running != nil {
		f.Host = w.running.name
	}
	w.failure = f
	w.note(f.Host, "", "panics: %v", value)
}

// spinLimit is how many times one step may call the world; no honest step comes near.
const spinLimit = 200_000

// tick counts a call of the running step.
func (w *World) tick() {
	if w.work++; w.work > spinLimit {
		panic("a step does not end: it has called the world 200 000 times")
	}
}

// After lets f happen when d has passed, as an event of the world's own: it is how faults act. The function that it returns calls it off.
func (w *World) After(d time.Duration, f func()) (cancel func()) {
	e := w.queue.get()
	e.kind, e.call = calls, f
	turn := e.life
	w.queue.put(e, w.now+max(d, 0), w.random.Uint64())
	return func() {
		if e.life == turn {
			e.dead = true
		}
	}
}

// Close ends the clients that are still waiting. The world must not be used afterwards, but for its log.
func (w *World) Close() {
	w.closed = true
	for _, p := range w.procs {
		p.end()
	}
}

// host returns a host by its name.
func (w *World) host(name string) *host {
	h := w.byName[name]
	if h == nil {
		panic(fmt.Sprintf("sim: there is no host %q", name))
	}
	return h
}

// Machines returns the names of the machines, in the order in which they were added.
func (w *World) Machines() []string {
	return w.names(func(h *host) bool { return h.machine != nil })
}

// Hosts returns the names of machines and ports, in the order in which they were added.
func (w *World) Hosts() []string {
	return w.names(func(*host) bool { return true })
}

func (w *World) names(want func(*host) bool) []string {
	var list []string
	for _, h := range w.hosts {
		if want(h) {
			list = append(list, h.name)
		}
	}
	return list
}
