package model

import (
	"fmt"
	"iter"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// How control moves
//
// A coroutine of iter.Pull returns to whoever resumed it, so the plain way from one thread to another takes two switches: back to a
// dispatcher and forth again. Here the thread that stops takes the decision itself. If it is to go on itself, there is no switch at all.
// If another is to run that is not waiting on the stack of resumptions, it resumes that one, and stays below it on the stack: one switch.
// If the next thread is on the stack, the ones above it return: one switch each, and each is paid for by one resumption that it
// saved. So a change of threads never takes more than two switches on average, and between two threads it takes one.

// abandoned is the panic that unwinds a thread whose execution is over.
var abandoned = new(int)

// start makes a thread and lets it run to its first operation.
func (e *Engine) start(name string, parent *T, f func(*T)) *T {
	t := e.slot()
	t.name, t.run, t.starting, t.draws, t.made, t.children, t.gate = name, f, true, 0, 0, 0, nil
	t.on, t.child = t.on[:0], nil
	t.thread.t, t.thread.ended, t.thread.waiting = t, false, t.thread.waiting[:0]
	th := sched.Thread{Key: sched.RootKey, Parent: -1, Live: true}
	if parent != nil {
		th.Key, th.Parent = sched.ChildKey(e.x.Threads[parent.id].Key, parent.children), parent.id
		parent.children++
	}
	e.x.Threads = append(e.x.Threads, th)
	t.thread.adopt(t, sched.ObjectKey(th.Key, 0))
	e.live++
	e.enable(t, true)
	e.resume(t)
	e.running = parent
	return t
}

// slot returns the thread of the next number, with a coroutine that waits for something to do.
func (e *Engine) slot() *T {
	if e.count == len(e.threads) {
		t := &T{e: e, id: int32(e.count)}
		t.next, t.stop = iter.Pull(t.loop)
		e.threads = append(e.threads, t)
		if len(e.mask)*64 < len(e.threads) {
			e.mask = append(e.mask, 0)
		}
	}
	t := e.threads[e.count]
	t.enabled = false
	e.count++
	return t
}

// resume lets a thread run until control comes back down the stack.
func (e *Engine) resume(t *T) {
	t.active = true
	e.running = t
	t.next()
}

// dispatch is the bottom of the stack: it returns when the execution is over.
func (e *Engine) dispatch(t *T) {
	for t != nil {
		e.resume(t)
		t = e.target
	}
}

// unwind ends what the execution left behind.
func (e *Engine) unwind() {
	e.aborting = true
	for _, t := range e.threads[:e.count] {
		if t.busy {
			e.resume(t)
		}
		t.run = nil
	}
	e.aborting, e.running = false, nil
}

// transfer gives control to another thread and returns when it comes back.
func (t *T) transfer(to *T) {
	if to == t {
		return
	}
	for to != nil && !to.active {
		t.e.resume(to)
		if to = t.e.target; to == t {
			t.e.running = t
			return
		}
	}
	t.suspend(to)
}

// suspend returns down the stack, towards the thread that is to run.
func (t *T) suspend(to *T) {
	t.e.target = to
	t.active = false
	if !t.yield(struct{}{}) || t.e.aborting {
		panic(abandoned)
	}
}

// loop is the coroutine: it executes one thread after another, of one execution each.
func (t *T) loop(yield func(struct{}) bool) {
	t.yield = yield
	for {
		t.busy = true
		to := t.execute()
		t.busy = false
		for to != nil && !to.active {
			t.e.resume(to)
			to = t.e.target
		}
		t.e.target = to
		t.active = false
		if !yield(struct{}{}) {
			return
		}
	}
}

// execute runs the thread to its end and returns who is next.
func (t *T) execute() (next *T) {
	defer func() {
		switch v := recover(); {
		case v == nil, v == any(abandoned):
		case t.e.judging:
			panic(v) // of the strategy, not of the program
		default:
			t.e.fail(Panic, t.name, fmt.Sprint(v))
		}
	}()
	t.run(t)
	t.pass(sched.Op{Kind: sched.End, Object: t.thread.id})
	return t.end()
}

// end is the last step. It returns who is next.
func (t *T) end() *T {
	e := t.e
	t.thread.ended = true
	t.thread.wake()
	e.urgent = append(e.urgent, t.thread.waiting...)
	e.live--
	e.enable(t, false)
	e.x.Threads[t.id].Live = false
	e.complete(t, sched.Op{Kind: sched.End, Object: t.thread.id})
	return e.decide()
}
