package owners

import (
	"io"
	"sync/atomic"
	"testing"

	"github.com/sasha-s/go-deadlock"
)

// A rival is one of the programs of TestOrders with the locks of go-deadlock, and whether that reports it. The name is that of the program, so what is
// found here stands in testdata/orders.golden.
type rival struct {
	name    string
	run     func(a, b, c *deadlock.Mutex)
	reports bool
}

// rivals shows where the two differ. See the package comment.
var rivals = []rival{
	{"latent-abba", func(a, b, _ *deadlock.Mutex) { apart(within(a, b), within(b, a)) }, true},
	{"latent-three", func(a, b, c *deadlock.Mutex) { apart(within(a, b), within(b, c), within(c, a)) }, false},
	{"latent-class", func(a, b, c *deadlock.Mutex) { apart(within(a, b), within(c, new(deadlock.Mutex))) }, false},
	{"gate-ok", func(a, b, c *deadlock.Mutex) { apart(within(c, a, b), within(c, b, a)) }, true},
	{"same-goroutine-ok", func(a, b, _ *deadlock.Mutex) { apart(func() { within(a, b)(); within(b, a)() }) }, true},
	{"channel-ok", func(a, b, _ *deadlock.Mutex) { apart(within(a, b), within(b, a)) }, true},
	{"try-ok", func(a, b, _ *deadlock.Mutex) {
		apart(within(a, b), func() {
			b.Lock()
			if a.TryLock() {
				a.Unlock()
			}
			b.Unlock()
		})
	}, true},
	{"hand-over-order-ok", func(a, b, _ *deadlock.Mutex) {
		apart(func() { a.Lock(); apart(a.Unlock); within(b)() }, within(b, a))
	}, false},
	{"hand-over-again-ok", func(a, _, _ *deadlock.Mutex) {
		reported := reported
		apart(func() { a.Lock(); go func() { <-reported; a.Unlock() }(); within(a)() })
	}, true},
	{"same-order-ok", func(a, b, _ *deadlock.Mutex) { apart(within(a, b), within(a, b)) }, false},
}

// reported is closed at the first report of a program.
var reported chan struct{}

// within returns a function that locks locks one in another.
func within(locks ...*deadlock.Mutex) func() {
	return func() {
		for _, l := range locks {
			l.Lock()
		}
		for _, l := range locks {
			l.Unlock()
		}
	}
}

// apart runs functions in goroutines of their own, one after another.
func apart(all ...func()) {
	for _, f := range all {
		done := make(chan bool)
		go func() { defer close(done); f() }()
		<-done
	}
}

// TestGoDeadlock: what go-deadlock reports of the same programs.
func TestGoDeadlock(t *testing.T) {
	old := deadlock.Opts
	defer func() { deadlock.Opts = old }()
	var reports atomic.Int32
	deadlock.Opts.LogBuf, deadlock.Opts.DeadlockTimeout = io.Discard, 0
	deadlock.Opts.OnPotentialDeadlock = func() {
		if reports.Add(1) == 1 {
			close(reported)
		}
	}
	for _, r := range rivals {
		reports.Store(0)
		reported = make(chan struct{})
		r.run(new(deadlock.Mutex), new(deadlock.Mutex), new(deadlock.Mutex))
		if got := reports.Load() > 0; got != r.reports {
			t.Errorf("%s: reported %v", r.name, got)
		}
	}
}
