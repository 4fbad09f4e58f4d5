package harness_test

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/properties"
	"pgregory.net/rapid"
)

// Each detector of stress is proved here on a twin that it must catch, and on the correct one that it must not accuse.

// box is a counter behind a lock, with one mistake or none.
type box struct {
	mu, other sync.Locker
	gate      sync.Mutex
	n         int
	mistake   string
	stop      chan struct{}
	calls     atomic.Int64
}

func newBox(mistake string) func(*harness.Env) any {
	return func(env *harness.Env) any {
		b := &box{mu: env.Lock(), other: env.Lock(), mistake: mistake, stop: make(chan struct{})}
		if mistake == "leak" {
			go func() { <-b.stop }()
		}
		if mistake == "" {
			var ended sync.WaitGroup
			ended.Go(func() { <-b.stop }) // the same goroutine, ended in time
			env.Cleanup(func() { close(b.stop); ended.Wait() })
		}
		return b
	}
}

func (b *box) add(d int) {
	first, second := b.mu, b.other
	if b.mistake == "inversion" {
		b.gate.Lock() // nobody really deadlocks: what is to be found is the order
		defer b.gate.Unlock()
		if d%2 == 0 {
			first, second = second, first
		}
	}
	first.Lock()
	second.Lock()
	b.n += d
	second.Unlock()
	first.Unlock()
	switch n := b.calls.Add(1); {
	case b.mistake == "panic" && n > 3:
		panic("the box is full")
	case b.mistake == "hang" && n > 3:
		<-b.stop
	case b.mistake == "exit" && n > 3:
		runtime.Goexit()
	}
}

func (b *box) sum() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}

func boxTarget(mistake string) *harness.Target {
	return &harness.Target{
		Name: "box", Doc: "a counter behind a lock", New: newBox(mistake), Model: properties.Counter(),
		Operations: []harness.Operation{
			harness.OpDo("add", rapid.IntRange(1, 9), (*box).add), harness.Op0("sum", (*box).sum).Observing(),
		},
		Skip: map[harness.Engine]string{harness.Check: "its locks are real"},
	}
}

func TestDetectors(t *testing.T) {
	repeat.Once(t)
	for _, c := range []struct{ mistake, kind, evidence string }{
		{"leak", "leak", "newBox"},
		{"hang", "hang", "chan receive"},
		{"panic", "panic", "the box is full"},
		{"inversion", "lock", "Inconsistent locking"},
		{"exit", "exit", "Goexit"},
	} {
		t.Run(c.mistake, func(t *testing.T) {
			cfg := harness.Config{Seed: 1, Iterations: 300, For: time.Minute, Patience: 300 * time.Millisecond, Limit: 1, LockCheck: c.kind == "lock"}
			r := drive(t, boxTarget(c.mistake), harness.Stress, cfg)
			if r.Status != harness.Violated {
				t.Fatalf("not caught: %+v", r)
			}
			f := r.Failures[0]
			if f.Kind != c.kind || !strings.Contains(f.Message+f.Evidence, c.evidence) {
				t.Errorf("caught as %s: %s\n%s", f.Kind, f.Message, f.Evidence)
			}
		})
	}
	t.Run("correct", func(t *testing.T) {
		for _, check := range []bool{false, true} {
			r := drive(t, boxTarget(""), harness.Stress, harness.Config{Seed: 1, Iterations: 200, For: time.Minute, LockCheck: check})
			if r.Status != harness.Held {
				t.Errorf("lock check %v: %s %s: %+v", check, r.Status, r.Reason, r.Failures)
			}
		}
	})
}

// A run of which nothing can be said is inconclusive, never a pass.
func TestInconclusive(t *testing.T) {
	r := drive(t, boxTarget(""), harness.Stress, harness.Config{Seed: 1, Iterations: 20, Configs: 1})
	if r.Status != harness.Inconclusive || !strings.Contains(r.Reason, "gave up") || r.Undecided == 0 {
		t.Errorf("a checker without configurations decides: %+v", r)
	}
	r = drive(t, boxTarget(""), harness.Check, harness.Config{})
	if !r.Skipped || r.Status != harness.Inconclusive || r.Reason != "its locks are real" {
		t.Errorf("a skipped engine: %+v", r)
	}
	one := boxTarget("")
	one.Quota = 1
	if r = drive(t, one, harness.Stress, harness.Config{Seed: 1, Iterations: 20}); r.Status != harness.Held {
		t.Errorf("a target for one client needs no overlap: %+v", r)
	}
	lonely := boxTarget("")
	for i := range lonely.Operations {
		lonely.Operations[i] = lonely.Operations[i].Only(func(id int) bool { return id == 0 })
	}
	if r = drive(t, lonely, harness.Stress, harness.Config{Seed: 1, Iterations: 20}); r.Status != harness.Inconclusive || r.Vacuous != 20 {
		t.Errorf("histories of one client alone show nothing concurrent: %+v", r)
	}
}

// An operation that ends its goroutine does not take check with it.
func TestGoexitUnderCheck(t *testing.T) {
	x := counterTarget()
	x.Operations = append(x.Operations, harness.Op0Do("leave", func(*counter) { runtime.Goexit() }))
	x.Model, x.Invariants = nil, []harness.Invariant{{Name: "none", Doc: "holds", Check: func(any) error { return nil }}}
	r := drive(t, x, harness.Check, harness.Config{Seed: 1, Iterations: 50})
	if r.Status != harness.Violated || r.Failures[0].Kind != "exit" {
		t.Errorf("%+v", r)
	}
}
