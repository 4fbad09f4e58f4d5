package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// object is what every object begins with: its number in this execution.
type object struct {
	run uint64
	e   *Engine
	id  int32
}

// number returns the number, and gives one to an object that is touched for the first time.
func (o *object) number(t *T) int32 {
	if o.run != t.e.run || o.e != t.e {
		o.adopt(t, sched.ObjectKey(t.e.x.Threads[t.id].Key, -1-t.e.x.Threads[t.id].Ops))
	}
	return o.id
}

// adopt gives the object the next number.
func (o *object) adopt(t *T, key uint64) {
	o.run, o.e, o.id = t.e.run, t.e, int32(len(t.e.x.Objects))
	t.e.x.Objects = append(t.e.x.Objects, sched.Object{Key: key})
}

// create numbers an object that a thread makes. Its key is the same in every schedule.
func (o *object) create(t *T) {
	t.made++
	o.adopt(t, sched.ObjectKey(t.e.x.Threads[t.id].Key, t.made))
}

// A gate says whether the pending operation of a thread can complete.
type gate interface{ ready(t *T) bool }

// blocker is an object that operations may wait for.
type blocker struct {
	object
	waiting []*T // whose pending operation is at a gate of this object, open or not
}

// wake looks again at everybody who waits, after the object has changed.
func (b *blocker) wake() {
	for _, t := range b.waiting {
		t.e.enable(t, t.gate.ready(t))
	}
}

// forget takes a thread off the list.
func (b *blocker) forget(t *T) {
	for i, w := range b.waiting {
		if w == t {
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			return
		}
	}
}

// A pool hands out objects of one type and takes them all back at the end of the execution.
type pool[V any] struct {
	all  []*V
	used int
}

func (p *pool[V]) get() *V {
	if p.used == len(p.all) {
		p.all = append(p.all, new(V))
	}
	p.used++
	return p.all[p.used-1]
}

type pools struct {
	ints       pool[Int]
	mutexes    pool[Mutex]
	rwmutexes  pool[RWMutex]
	conds      pool[Cond]
	groups     pool[WaitGroup]
	semaphores pool[Semaphore]
	onces      pool[Once]
}

func (p *pools) reset() {
	p.ints.used, p.mutexes.used, p.rwmutexes.used, p.conds.used = 0, 0, 0, 0
	p.groups.used, p.semaphores.used, p.onces.used = 0, 0, 0
}
