package spinlock

import (
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/properties"
)

// This file holds wrong twins of SpinLock, and of its use: each makes one mistake that people make, and inherits the rest.

// TestThenSet takes the lock by a load and a store. It looks right because both are atomic, and the lock has just been seen to be free; two that see it at
// once both go in.
type TestThenSet struct{ *SpinLock }

// NewTestThenSet returns an open lock with the mistake of [TestThenSet].
func NewTestThenSet(at *point.Hook) *TestThenSet { return &TestThenSet{NewSpin(at)} }

// Lock lets in all who look before the first of them stores.
func (l *TestThenSet) Lock() {
	var wait backoff
	for {
		l.at.At("lock:test")
		if l.state.Load() == free {
			break
		}
		wait.pause()
	}
	l.at.At("lock:swap")
	l.state.Store(held)
}

// NoRecheck does not look again after it has waited. It looks right because it waits until the lock is free; but it was free for all who waited, and the
// swap that would tell one from the others is left out as "just tested".
type NoRecheck struct{ *SpinLock }

// NewNoRecheck returns an open lock with the mistake of [NoRecheck].
func NewNoRecheck(at *point.Hook) *NoRecheck { return &NoRecheck{NewSpin(at)} }

// Lock tries properly once, and after a wait no more.
func (l *NoRecheck) Lock() {
	if l.TryLock() {
		return
	}
	var wait backoff
	for {
		wait.pause()
		l.at.At("lock:test")
		if l.state.Load() == free {
			l.at.At("lock:swap")
			l.state.Swap(held) // what it was is not asked
			return
		}
	}
}

// Impatient gives up waiting after a while and goes in. It looks right because nobody holds the lock for that long, they say; a holder that is preempted
// does.
type Impatient struct{ *SpinLock }

// NewImpatient returns an open lock with the mistake of [Impatient].
func NewImpatient(at *point.Hook) *Impatient { return &Impatient{NewSpin(at)} }

// Lock returns after eight attempts, whether it holds the lock or not.
func (l *Impatient) Lock() {
	var wait backoff
	for range 8 {
		if l.TryLock() {
			return
		}
		wait.pause()
	}
}

// Unlock lets go, and cannot complain: there may be more holders than one.
func (l *Impatient) Unlock() {
	l.at.At("unlock")
	l.state.Store(free)
}

// EarlyReturn is no lock but a use of one: a way out of the critical section that forgets to unlock. It looks right because the way is taken rarely. A
// deferred Unlock cannot be forgotten.
type EarlyReturn struct{ *guarded }

// NewEarlyReturn returns a record with the mistake of [EarlyReturn], under a correct lock.
func NewEarlyReturn(at *point.Hook) *EarlyReturn { return &EarlyReturn{guard(NewSpin(at), at)} }

// Bump keeps the lock when the record has reached a milestone.
func (e *EarlyReturn) Bump() properties.Pair {
	e.lock.Lock()
	old := e.bump()
	if old.A == 3 {
		return old
	}
	e.lock.Unlock()
	return old
}

// PlainUnlock lets go by an ordinary store. It looks right because only the holder writes that word then, and a common processor does not reorder stores; but the
// compiler may move what was done under the lock behind it, and the memory model promises the next holder nothing.
type PlainUnlock struct {
	state uint32
	at    *point.Hook
}

// NewPlainUnlock returns an open lock with the mistake of [PlainUnlock].
func NewPlainUnlock(at *point.Hook) *PlainUnlock { return &PlainUnlock{at: at} }

// Lock is right.
func (l *PlainUnlock) Lock() {
	var wait backoff
	for {
		l.at.At("lock:swap")
		if atomic.CompareAndSwapUint32(&l.state, free, held) {
			return
		}
		wait.pause()
	}
}

// Unlock synchronizes with nobody.
func (l *PlainUnlock) Unlock() {
	l.at.At("unlock")
	l.state = free
}
