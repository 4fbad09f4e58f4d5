package sim

import (
	"fmt"
	"iter"
	"runtime/debug"
	"time"
)

// A proc is a client: a coroutine that runs until it waits.
type proc struct {
	world  *World
	name   string
	next   func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool
	parked int // how often it has waited: a wake-up of an earlier wait is stale
	ended  bool
	why    string // what it waits for
}

// stopped unwinds a client whose world is closed.
type stopped struct{}

// Go starts a client, which makes its first step when the world runs. Its name is for reports.
func (w *World) Go(name string, f func()) {
	p := &proc{world: w, name: name, why: "its start"}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		defer p.leave()
		f()
	})
	w.procs = append(w.procs, p)
	e := w.queue.get()
	e.kind, e.proc = resumes, p
	w.queue.put(e, w.now, w.random.Uint64())
}

// leave ends a client, and notes what it panicked with.
func (p *proc) leave() {
	p.ended = true
	e := recover()
	if _, ok := e.(stopped); e != nil && !ok {
		p.world.fail(fmt.Sprintf("client %s: %v", p.name, e), string(debug.Stack()))
	}
}

// end unwinds a client that waits.
func (p *proc) end() {
	if !p.ended {
		p.stop()
	}
}

// resume lets a client run until it waits again.
func (w *World) resume(p *proc) {
	if p.ended {
		return
	}
	p.parked++
	before := w.proc
	w.proc = p
	p.next()
	w.proc = before
}

// self returns the client that is running.
func (w *World) self(what string) *proc {
	if w.proc == nil {
		panic(fmt.Sprintf("sim: %s blocks, which only a client started by Go may do", what))
	}
	return w.proc
}

// wait suspends the client until it is resumed, at the latest when d has passed by the clock of the host.
func (p *proc) wait(h *host, d time.Duration, why string) {
	e := h.world.queue.get()
	e.kind, e.host, e.proc, e.turn = resumes, h, p, p.parked
	h.world.queueBy(e, h, d)
	p.why = why
	if !p.yield(struct{}{}) {
		panic(stopped{})
	}
	p.why = ""
}

// Done reports whether all clients have ended.
func (w *World) Done() bool {
	for _, p := range w.procs {
		if !p.ended {
			return false
		}
	}
	return true
}

// Waiting says, a line each, what the clients that have not ended wait for.
func (w *World) Waiting() []string {
	var list []string
	for _, p := range w.procs {
		if !p.ended {
			list = append(list, fmt.Sprintf("%s waits for %s", p.name, p.why))
		}
	}
	return list
}
