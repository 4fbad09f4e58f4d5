package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A Locker is a Mutex or the writer's side of an RWMutex.
type Locker interface {
	Lock(t *T)
	Unlock(t *T)
}

// A Mutex is a mutual exclusion lock. Its zero value is unlocked.
type Mutex struct {
	blocker
	holder *T
}

// NewMutex makes an unlocked mutex.
func (t *T) NewMutex() *Mutex {
	m := t.e.pools.mutexes.get()
	m.holder, m.waiting = nil, m.waiting[:0]
	m.create(t)
	return m
}

func (m *Mutex) ready(*T) bool { return m.holder == nil }

// Lock waits until nobody holds the mutex, and takes it.
func (m *Mutex) Lock(t *T) {
	t.block(sched.Lock, &m.blocker, m)
	m.set(t)
}

// TryLock takes the mutex if nobody holds it.
func (m *Mutex) TryLock(t *T) bool {
	t.point(sched.TryLock, &m.object)
	if m.holder != nil {
		return false
	}
	m.set(t)
	return true
}

// Unlock gives the mutex up. As in Go, another thread than the one that locked it may do so.
func (m *Mutex) Unlock(t *T) {
	t.point(sched.Unlock, &m.object)
	if m.holder == nil {
		panic("unlock of unlocked mutex")
	}
	m.set(nil)
}

func (m *Mutex) set(holder *T) {
	m.holder = holder
	m.wake()
}

// An RWMutex is a lock for one writer or many readers. As in Go, a writer that waits keeps new readers out. Its zero value is unlocked.
type RWMutex struct {
	blocker
	writer  *T // holds it, or waits for the readers to leave
	readers int
	claimed bool // the writer holds it
}

// NewRWMutex makes an unlocked mutex.
func (t *T) NewRWMutex() *RWMutex {
	m := t.e.pools.rwmutexes.get()
	*m = RWMutex{blocker: blocker{waiting: m.waiting[:0]}}
	m.create(t)
	return m
}

// ready is the gate of both sides. The writer who waits for the readers passes when they have left, any other when there is no writer.
func (m *RWMutex) ready(t *T) bool {
	if m.writer == t && !m.claimed {
		return m.readers == 0
	}
	return m.writer == nil
}

// Lock waits for other writers, keeps readers out, and waits for those that are in: two operations if there are any.
func (m *RWMutex) Lock(t *T) {
	t.block(sched.Lock, &m.blocker, m)
	m.set(t, m.readers == 0)
	if !m.claimed {
		t.block(sched.Lock, &m.blocker, m)
		m.set(t, true)
	}
}

// TryLock takes the mutex if nobody holds it.
func (m *RWMutex) TryLock(t *T) bool {
	t.point(sched.TryLock, &m.object)
	if m.writer != nil || m.readers > 0 {
		return false
	}
	m.set(t, true)
	return true
}

// Unlock ends writing.
func (m *RWMutex) Unlock(t *T) {
	t.point(sched.Unlock, &m.object)
	if !m.claimed {
		panic("unlock of unlocked rwmutex")
	}
	m.set(nil, false)
}

// RLock waits until no writer holds the mutex or waits for it, and takes it for reading.
func (m *RWMutex) RLock(t *T) {
	t.block(sched.RLock, &m.blocker, m)
	m.readers++
}

// TryRLock takes the mutex for reading if no writer holds it or waits for it.
func (m *RWMutex) TryRLock(t *T) bool {
	t.point(sched.TryLock, &m.object)
	if m.writer != nil {
		return false
	}
	m.readers++
	return true
}

// RUnlock ends reading.
func (m *RWMutex) RUnlock(t *T) {
	t.point(sched.Unlock, &m.object)
	if m.readers == 0 {
		panic("read unlock of unlocked rwmutex")
	}
	m.readers--
	m.wake()
}

func (m *RWMutex) set(writer *T, claimed bool) {
	m.writer, m.claimed = writer, claimed
	m.wake()
}
