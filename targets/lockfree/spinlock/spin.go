package spinlock

import (
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// SpinSites are the points that a [SpinLock] passes, each in front of the access that it is named after.
var SpinSites = []string{"lock:test", "lock:swap", "unlock"}

// The states of a spin lock.
const (
	free uint32 = iota
	held
)

// A SpinLock is a test-and-test-and-set lock with back-off. The zero value is an open lock. It must not be copied after first use.
type SpinLock struct {
	state atomic.Uint32
	at    *point.Hook
}

// NewSpin returns an open lock whose accesses pass the hook.
func NewSpin(at *point.Hook) *SpinLock { return &SpinLock{at: at} }

// Lock waits until the caller holds the lock.
func (l *SpinLock) Lock() {
	if l.try() {
		return
	}
	var wait backoff
	for !l.TryLock() {
		wait.pause()
	}
}

// TryLock takes the lock if it seems free, and reports whether the caller holds it.
func (l *SpinLock) TryLock() bool {
	l.at.At("lock:test")
	return l.state.Load() == free && l.try()
}

// try takes the lock if it is free.
func (l *SpinLock) try() bool {
	l.at.At("lock:swap")
	return l.state.CompareAndSwap(free, held)
}

// Unlock lets go of the lock. It panics if the lock is not held; whose it is, a spin lock does not know.
func (l *SpinLock) Unlock() {
	l.at.At("unlock")
	if l.state.Swap(free) != held {
		panic("spinlock: Unlock of a lock that is not held")
	}
}
