package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A Cond is a condition variable. Signals go to those who wait in the order in which they came.
type Cond struct {
	blocker
	L     Locker
	queue []*T
}

// NewCond makes a condition variable for a lock.
func (t *T) NewCond(l Locker) *Cond {
	c := t.e.pools.conds.get()
	c.L, c.queue, c.waiting = l, c.queue[:0], c.waiting[:0]
	c.create(t)
	return c
}

func (c *Cond) ready(t *T) bool { return t.signalled }

// Wait gives up the lock, waits for a signal, and takes the lock again. As in package sync it is four operations: it joins the queue,
// unlocks, waits, and locks.
func (c *Cond) Wait(t *T) {
	t.point(sched.CondWait, &c.object)
	t.signalled = false
	c.queue = append(c.queue, t)
	c.L.Unlock(t)
	t.block(sched.Wait, &c.blocker, c)
	c.L.Lock(t)
}

// Signal wakes one thread, if any waits.
func (c *Cond) Signal(t *T) {
	t.point(sched.Signal, &c.object)
	if len(c.queue) > 0 {
		c.release(1)
	}
}

// Broadcast wakes all that wait.
func (c *Cond) Broadcast(t *T) {
	t.point(sched.Signal, &c.object)
	c.release(len(c.queue))
}

func (c *Cond) release(n int) {
	for _, t := range c.queue[:n] {
		t.signalled = true
	}
	c.queue = append(c.queue[:0], c.queue[n:]...)
	c.wake()
}

// A WaitGroup counts what is to be waited for. Its zero value counts nothing.
type WaitGroup struct {
	blocker
	n int
}

// NewWaitGroup makes a wait group.
func (t *T) NewWaitGroup() *WaitGroup {
	w := t.e.pools.groups.get()
	w.n, w.waiting = 0, w.waiting[:0]
	w.create(t)
	return w
}

func (w *WaitGroup) ready(*T) bool { return w.n == 0 }

// Add changes the count.
func (w *WaitGroup) Add(t *T, n int) {
	t.point(sched.Add, &w.object)
	if w.n += n; w.n < 0 {
		panic("negative WaitGroup counter")
	}
	w.wake()
}

// Done takes one off the count.
func (w *WaitGroup) Done(t *T) { w.Add(t, -1) }

// Wait waits until the count is zero.
func (w *WaitGroup) Wait(t *T) { t.block(sched.Wait, &w.blocker, w) }

// A Semaphore hands out permits. Its zero value has none.
type Semaphore struct {
	blocker
	permits int
}

// NewSemaphore makes a semaphore.
func (t *T) NewSemaphore(permits int) *Semaphore {
	s := t.e.pools.semaphores.get()
	s.permits, s.waiting = permits, s.waiting[:0]
	s.create(t)
	return s
}

func (s *Semaphore) ready(*T) bool { return s.permits > 0 }

// Acquire waits for a permit and takes it.
func (s *Semaphore) Acquire(t *T) {
	t.block(sched.Lock, &s.blocker, s)
	s.add(-1)
}

// TryAcquire takes a permit if there is one.
func (s *Semaphore) TryAcquire(t *T) bool {
	t.point(sched.TryLock, &s.object)
	if s.permits == 0 {
		return false
	}
	s.add(-1)
	return true
}

// Release gives a permit.
func (s *Semaphore) Release(t *T) {
	t.point(sched.Unlock, &s.object)
	s.add(1)
}

func (s *Semaphore) add(n int) {
	s.permits += n
	s.wake()
}

// A Once runs a function once. Its zero value has not run any.
type Once struct {
	blocker
	running, done bool
}

// NewOnce makes a Once.
func (t *T) NewOnce() *Once {
	o := t.e.pools.onces.get()
	o.running, o.done, o.waiting = false, false, o.waiting[:0]
	o.create(t)
	return o
}

func (o *Once) ready(*T) bool { return !o.running }

// Do runs the function if no call did before, and waits for the call that does. It is two operations for the one that runs it.
func (o *Once) Do(t *T, f func()) {
	t.block(sched.Once, &o.blocker, o)
	if o.done {
		return
	}
	o.set(true, false)
	f()
	t.point(sched.Once, &o.object)
	o.set(false, true)
}

func (o *Once) set(running, done bool) {
	o.running, o.done = running, done
	o.wake()
}
