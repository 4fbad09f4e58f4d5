package harness

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/harness/sim"
	"github.com/sasha-s/go-deadlock"
)

// An Env is what one instance of a target knows of the world: randomness, named points, locks, machines, network and clock.
// A target that touches the world only through its Env can be disturbed, controlled and replayed.
type Env struct {
	seed      uint64
	sites     []string
	lockCheck bool

	hook     *point.Hook
	base     func(site string)
	watchers atomic.Pointer[[]*watcher]
	watchMu  sync.Mutex

	passed  atomic.Int64 // points passed, counted only while somebody watches
	stalled atomic.Int64 // goroutines in Stall
	ended   chan struct{}
	endOnce sync.Once

	world    *sim.World
	cleanups []func()
}

// watcher is one listener of Env.Watch.
type watcher struct{ f func(site string) }

// newEnv returns the environment of one run. The function base is called at every point, before watchers; nil switches the hook off.
func newEnv(seed uint64, t *Target, base func(site string)) *Env {
	e := &Env{seed: seed, sites: t.Sites, base: base, ended: make(chan struct{})}
	if base != nil {
		e.hook = point.New(e.at)
	}
	return e
}

// Seed returns the seed of this run.
func (e *Env) Seed() uint64 { return e.seed }

// Rand returns a new generator for the named purpose; the same name in the same run gives the same numbers. A generator is not
// safe for concurrent use.
func (e *Env) Rand(name string) *rand.Rand {
	return rand.New(choice.New(choice.Keyed(e.seed, "rand", name, 0)))
}

// Hook returns the hook to be called in front of accesses to shared memory. It is nil, which is a valid hook, when nobody listens.
func (e *Env) Hook() *point.Hook { return e.hook }

// Sites returns the names of the target's points.
func (e *Env) Sites() []string { return e.sites }

// Cleanup registers a function that is called when the run is over, last registered first. Only New and Client may call it.
func (e *Env) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

// Lock returns a mutex. It is a sync.Mutex, or one of go-deadlock if the run checks locks.
func (e *Env) Lock() sync.Locker {
	if e.lockCheck {
		return new(deadlock.Mutex)
	}
	return new(sync.Mutex)
}

// Watch calls f at every point that the target passes, on the goroutine that passes it, until stop is called. It is for faults.
func (e *Env) Watch(f func(site string)) (stop func()) {
	w := &watcher{f}
	e.change(func(list []*watcher) []*watcher { return append(list, w) })
	return func() {
		e.change(func(list []*watcher) []*watcher {
			return slices.DeleteFunc(list, func(x *watcher) bool { return x == w })
		})
	}
}

// change replaces the list of watchers.
func (e *Env) change(f func([]*watcher) []*watcher) {
	e.watchMu.Lock()
	defer e.watchMu.Unlock()
	var list []*watcher
	if old := e.watchers.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = f(list); len(list) == 0 {
		e.watchers.Store(nil)
		return
	}
	e.watchers.Store(&list)
}

// at is called at every point. While nobody watches it writes nothing shared: an atomic write here would order goroutines that
// the target does not order, and so hide its data races from the race detector.
func (e *Env) at(site string) {
	e.leaveIfEnded()
	e.base(site)
	list := e.watchers.Load()
	if list == nil {
		return
	}
	e.passed.Add(1)
	for _, w := range *list {
		w.f(site)
	}
	e.leaveIfEnded()
}

// Stall blocks the calling goroutine until the channel is closed or the run ends. It may be called from a watcher only.
func (e *Env) Stall(until <-chan struct{}) {
	e.stalled.Add(1)
	defer e.stalled.Add(-1)
	select {
	case <-until:
	case <-e.ended:
	}
}

// leaveIfEnded ends the calling goroutine, which must belong to the target, if its run is over: it was left behind by a hang.
func (e *Env) leaveIfEnded() {
	select {
	case <-e.ended:
		runtime.Goexit()
	default:
	}
}

// end lets goroutines that the run left behind leave at their next point.
func (e *Env) end() { e.endOnce.Do(func() { close(e.ended) }) }

// clean runs the registered cleanups.
func (e *Env) clean() {
	for _, f := range slices.Backward(e.cleanups) {
		f()
	}
	e.cleanups = nil
}
