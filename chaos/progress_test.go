package chaos_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/properties"
)

// A counter is what all twins below implement: one that needs no lock and three that hold one of a kind while they add. All are correct.
type counter interface {
	add(d int)
	sum() int
}

// atomicCounter is lock-free: it has nothing that a stalled goroutine could hold.
type atomicCounter struct {
	n  atomic.Int64
	at *point.Hook
}

func (c *atomicCounter) add(d int) {
	c.at.At("lock")
	for {
		c.at.At("inside")
		if v := c.n.Load(); c.n.CompareAndSwap(v, v+int64(d)) {
			return
		}
	}
}

func (c *atomicCounter) sum() int {
	c.at.At("inside")
	return int(c.n.Load())
}

// lockedCounter adds inside a lock: whoever is stalled inside stops all others.
type lockedCounter struct {
	lock sync.Locker
	n    int
	at   *point.Hook
}

func (c *lockedCounter) add(d int) {
	c.at.At("lock")
	c.lock.Lock()
	defer c.lock.Unlock()
	c.at.At("inside")
	c.n += d
}

func (c *lockedCounter) sum() int {
	c.at.At("lock")
	c.lock.Lock()
	defer c.lock.Unlock()
	c.at.At("inside")
	return c.n
}

// spinLock waits in a loop. The hook, which may be nil, is told of each turn.
type spinLock struct {
	held atomic.Bool
	at   *point.Hook
}

func (l *spinLock) Lock() {
	for !l.held.CompareAndSwap(false, true) {
		l.at.At("lock")
		runtime.Gosched()
	}
}

func (l *spinLock) Unlock() { l.held.Store(false) }

// counterTarget declares a counter that claims a guarantee.
func counterTarget(claim harness.Progress, make func(at *point.Hook) counter) *harness.Target {
	return &harness.Target{
		Name: "counter",
		Doc:  "a number that clients add to",
		New:  func(env *harness.Env) any { return make(env.Hook()) },
		Operations: []harness.Operation{
			harness.OpDo("add", nil, counter.add),
			harness.Op0("sum", counter.sum).Observing(),
		},
		Model:    properties.Counter(),
		Progress: claim,
		Points:   true,
		Sites:    []string{"lock", "inside"},
		Faults:   chaos.All(),
	}
}

func newAtomic(at *point.Hook) counter { return &atomicCounter{at: at} }
func newMutex(at *point.Hook) counter  { return &lockedCounter{lock: new(sync.Mutex), at: at} }
func newSpin(at *point.Hook) counter   { return &lockedCounter{lock: &spinLock{at: at}, at: at} }
func newMute(at *point.Hook) counter   { return &lockedCounter{lock: new(spinLock), at: at} }

// stalled runs a target with stalls only, until a failure or for so many histories.
func stalled(t *testing.T, target *harness.Target, histories int, patience time.Duration) *harness.Result {
	t.Helper()
	target.Faults = nil // those of the config alone are injected, and no time is spent on making a failure smaller
	r, err := harness.Drive(context.Background(), target, harness.Chaos, harness.Config{Seed: 1, Iterations: histories, For: time.Minute,
		Limit: 1, Faults: []*harness.Fault{chaos.Stall}, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v %v %v", r.Status, r.Details, r.NotProved)
	return r
}

// TestFalseClaim: a lock is no lock-free algorithm, however it waits, and a stalled goroutine shows it.
func TestFalseClaim(t *testing.T) {
	tests := []struct {
		name     string
		twin     func(*point.Hook) counter
		patience time.Duration
	}{
		{"waits at a mutex", newMutex, 2 * time.Second},
		{"passes points in a loop", newSpin, 2 * time.Second},
		// Nothing can be seen of this one but that time passes, so the run's patience judges it.
		{"spins unseen", newMute, time.Second / 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stalled(t, counterTarget(harness.LockFree, test.twin), 400, test.patience)
			if r.Status != harness.Violated || r.Failures[0].Kind != "progress" {
				t.Fatalf("the claim of lock-freedom was not refuted: %v %v", r.Status, r.Failures)
			}
			f := r.Failures[0]
			t.Log(f.Evidence)
			if len(f.Faults) == 0 {
				t.Errorf("%s: no fault is said to have fired", f.Title())
			}
		})
	}
}

// TestTrueClaim: the same stalls accuse neither what is lock-free nor a lock that does not claim to be.
func TestTrueClaim(t *testing.T) {
	for name, target := range map[string]*harness.Target{
		"lock-free": counterTarget(harness.LockFree, newAtomic),
		"blocking":  counterTarget(harness.Blocking, newMutex),
	} {
		t.Run(name, func(t *testing.T) {
			r := stalled(t, target, 20, 5*time.Second)
			if r.Status != harness.Held {
				for _, f := range r.Failures {
					t.Errorf("%s\n%s", f.Title(), f.Evidence)
				}
				t.Fatalf("not held: %s", r.Reason)
			}
		})
	}
}

// TestNothingFired: a run in which no fault found its occasion says so, and is not a pass.
func TestNothingFired(t *testing.T) {
	target := counterTarget(harness.LockFree, newAtomic)
	target.Sites = []string{"nobody comes here"}
	r := stalled(t, target, 20, 5*time.Second)
	if r.Status != harness.Inconclusive {
		t.Errorf("%v %v", r.Status, r.NotProved)
	}
}
