package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A T is a thread, as its own code sees it. Every operation takes the T of the thread that acts.
type T struct {
	e        *Engine
	id       int32
	name     string
	run      func(*T)
	thread   Thread
	children int
	made     int // objects
	draws    uint64

	next   func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool
	active bool // on the stack of resumptions: running, or waiting for what it has resumed
	busy   bool // its coroutine has begun something and not finished it

	starting bool // on its way to its first operation
	enabled  bool
	gate     gate // what its pending operation waits for; nil if it never waits
	on       []*blocker
	child    *T // started by the operation that is being executed

	signalled bool // by the condition variable that it waits for
	completed bool // by the partner of its channel operation
	broken    bool // by a close
	chosen    int  // the case of its select that a partner completed
}

// A Thread is a thread, as others see it.
type Thread struct {
	blocker
	t     *T
	ended bool
}

func (h *Thread) ready(*T) bool { return h.ended }

// Name returns the name that the thread was started with.
func (t *T) Name() string { return t.name }

// ID returns the number of the thread, from 0, in the order of creation.
func (t *T) ID() int { return int(t.id) }

// Go starts a thread, and lets it run to its first operation: what it does before must not depend on what its parent does after.
func (t *T) Go(name string, f func(*T)) *Thread {
	t.pass(sched.Op{Kind: sched.Go, Object: sched.NoObject})
	child := t.e.start(name, t, f)
	if t.e.over {
		t.suspend(nil)
	}
	t.child = child
	return &child.thread
}

// Join waits until a thread has ended.
func (t *T) Join(h *Thread) {
	if h.ended {
		t.pass(sched.Op{Kind: sched.Join, Object: h.number(t)})
		return
	}
	t.block(sched.Join, &h.blocker, h)
}

// Yield asks for others to run. A loop that waits for another thread must yield in each turn, or a strategy may spin in it.
func (t *T) Yield() { t.act(sched.Yield) }

// Assert fails the execution unless a condition holds.
func (t *T) Assert(cond bool, message string) {
	if !cond {
		t.Fail(message)
	}
}

// Fail fails the execution.
func (t *T) Fail(message string) {
	t.e.fail(Assertion, t.name, message)
	panic(abandoned)
}

// Intn returns a number from 0 to n-1 that is drawn: data, which no strategy decides about, see Choose. It depends on the seed, the thread and how many the
// thread has drawn, and on nothing else, so a schedule can be changed without changing the data.
func (t *T) Intn(n int) int {
	r := sched.Draw(t.e.seed, t.e.x.Threads[t.id].Key, t.draws)
	t.draws++
	return int(r % uint64(n))
}

// Choose returns a number from 0 to n-1: a decision like that of who runs. Strategies that enumerate try all of them, the others draw, and a number that
// is not the first one is a switch of the schedule.
func (t *T) Choose(n int) int {
	t.pass(sched.Op{Kind: sched.Choice, Object: sched.NoObject})
	if n < 2 {
		return 0
	}
	return t.e.choose(t, n)
}

// act is an operation on no object.
func (t *T) act(k sched.Kind) { t.publish(sched.Op{Kind: k, Object: sched.NoObject}) }

// point is an operation that never waits. It returns when the thread is to execute it.
func (t *T) point(k sched.Kind, o *object) {
	t.publish(sched.Op{Kind: k, Object: o.number(t)})
}

// block is an operation that waits at a gate. It returns when the gate is open and the thread is to execute it.
func (t *T) block(k sched.Kind, b *blocker, g gate) {
	id := b.number(t)
	t.on = append(t.on, b)
	t.await(sched.Op{Kind: k, Object: id}, g)
}

// await publishes an operation that waits at a gate. What opens and closes the gate is in t.on.
func (t *T) await(op sched.Op, g gate) {
	for _, b := range t.on {
		b.waiting = append(b.waiting, t)
	}
	t.gate = g
	if !g.ready(t) {
		t.e.enable(t, false)
	}
	t.publish(op)
	for _, b := range t.on {
		b.forget(t)
	}
	t.on = t.on[:0]
	t.gate = nil
}

// publish completes the operation before, announces the next one, and returns when the thread is to execute it.
func (t *T) publish(op sched.Op) {
	done := t.announce(op)
	if t.starting {
		t.starting = false
		t.suspend(nil)
		return
	}
	t.e.complete(t, done)
	t.transfer(t.e.decide())
}

// pass is publish for an operation that commutes with all that others may do. There is nothing to decide about: it is executed at once.
func (t *T) pass(op sched.Op) {
	done := t.announce(op)
	if t.starting {
		t.starting = false
		t.e.urgent = append(t.e.urgent, t)
		t.suspend(nil)
		return
	}
	t.e.complete(t, done)
	if t.e.result.Operations >= t.e.limits.Steps {
		t.transfer(t.e.decide())
	}
}

// announce sets the next operation and returns the one before.
func (t *T) announce(op sched.Op) (done sched.Op) {
	switch e := t.e; {
	case e.running != t:
		panic("model: an operation was given the T of a thread that is not running")
	case e.aborting:
		panic(abandoned)
	}
	th := &t.e.x.Threads[t.id]
	done, th.Next = th.Next, op
	return done
}
