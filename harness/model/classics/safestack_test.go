package classics

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// hunters search for the bug of one program together, each with an engine, a strategy and seeds of its own, until one has found it.
type hunters struct {
	program   model.Program
	name      string // of the strategy
	most      int64  // schedules of all of them
	schedules atomic.Int64
	found     atomic.Bool
	failure   model.Result
}

// stretch is how many schedules a hunter runs before it looks whether another has found the bug.
const stretch = 2000

// hunt is the work of one of them.
func (h *hunters) hunt(tb testing.TB, seed uint64) {
	// Executions of more than 500 operations spin: those that end have about a hundred.
	e := model.New(model.Limits{Steps: 500})
	defer e.Close()
	s := strategy(tb, h.name)
	for i := 0; !h.found.Load() && h.schedules.Load() < h.most; i++ {
		sum := e.Explore(h.program, s, model.Seed(seed, i), stretch)
		h.schedules.Add(int64(sum.Schedules))
		if sum.First > 0 && h.found.CompareAndSwap(false, true) {
			h.failure = sum.Result
		}
	}
}

// run starts n hunters and waits for them.
func (h *hunters) run(tb testing.TB, n int, seed uint64) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { h.hunt(tb, model.Seed(seed, i)) })
	}
	wg.Wait()
}

// BenchmarkSafeStack is the time that two cores take to find the bug of SafeStack, by the best strategy for it and by the portfolio.
func BenchmarkSafeStack(b *testing.B) {
	for _, name := range []string{"pos", "portfolio"} {
		b.Run(name, func(b *testing.B) {
			total := int64(0)
			for i := range b.N {
				h := &hunters{program: Find("SafeStack").Program, name: name, most: 20_000_000}
				before := b.Elapsed()
				h.run(b, 2, uint64(i))
				if !h.found.Load() {
					b.Fatalf("not found in %d schedules", h.schedules.Load())
				}
				total += h.schedules.Load()
				b.Logf("found after %d schedules, %.1f s", h.schedules.Load(), (b.Elapsed() - before).Seconds())
			}
			b.ReportMetric(float64(total)/float64(b.N), "schedules/op")
		})
	}
}

// TestHunters: they find what one finds, and stop.
func TestHunters(t *testing.T) {
	h := &hunters{program: Find("reorder_3").Program, name: "pos", most: budget}
	h.run(t, 2, 1)
	if !h.found.Load() || h.failure.Failure != model.Assertion {
		t.Errorf("found %v: %v, %s", h.found.Load(), h.failure.Failure, h.failure.Message)
	}
	h = &hunters{program: Find("reorder_3").Fixed, name: "pos", most: 100}
	if h.run(t, 2, 1); h.found.Load() {
		t.Error("found a bug in a program that has none")
	}
}

// TestSafeStackSchedule follows a schedule that pos found and minimisation left nine switches of.
func TestSafeStackSchedule(t *testing.T) {
	worker := func(i int) uint64 { return sched.ChildKey(sched.RootKey, i) }
	var list []sched.Switch
	for _, s := range [][3]int{{0, 2, 2}, {2, 9, 0}, {0, 4, 1}, {1, 8, 2}, {2, 14, 0}, {0, 9, 2}, {2, 17, 1}, {1, 10, 2}, {2, 23, 1}} {
		list = append(list, sched.Switch{After: worker(s[0]), Nth: s[1], To: worker(s[2])})
	}
	c, e := Find("SafeStack"), engine(t, 0)
	replay := sched.NewReplay(list)
	r := e.Run(c.Program, replay, 1)
	if r.Failure != model.Assertion || r.Message != "two threads own one cell" || len(replay.Diverged()) > 0 {
		t.Errorf("the schedule leads to %v %q, and diverges at %v", r.Failure, r.Message, replay.Diverged())
	}
	for i := range list {
		shorter := append(append([]sched.Switch{}, list[:i]...), list[i+1:]...)
		if r := e.Run(c.Program, sched.NewReplay(shorter), 1); r.Outcome == sched.Failed {
			t.Errorf("it fails without switch %d too", i)
		}
	}
	if r := e.Run(c.Fixed, sched.NewReplay(list), 1); r.Outcome != sched.Passed {
		t.Errorf("the twin: %v %s", r.Failure, r.Message)
	}
}
