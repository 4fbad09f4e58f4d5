package harness

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"pgregory.net/rapid"
)

// leaky is a counter with two ways to go wrong now and then: add loses an update, stale returns what it was before the last addition.
type leaky struct{ n, old, calls atomic.Int64 }

func (l *leaky) add(d int) {
	v := l.n.Load()
	if l.calls.Add(1)%8 == 0 {
		runtime.Gosched()
	}
	l.n.Store(v + int64(d))
}

func (l *leaky) sum() int { return int(l.n.Load()) }

func (l *leaky) rightAdd(d int) { l.old.Store(l.n.Add(int64(d)) - int64(d)) }

func (l *leaky) stale() int {
	if l.calls.Add(1)%8 != 0 {
		return l.sum()
	}
	return int(l.old.Load())
}

// countingModel specifies add and sum.
func countingModel() *Model {
	return NewModel("counting", "sum returns the total of all additions", 0,
		Does("add", func(s, d int) (int, None) { return s + d, None{} }),
		Does0("sum", func(s int) (int, int) { return s, s }))
}

// leakyTarget declares a counter with these operations.
func leakyTarget(add func(*leaky, int), sum func(*leaky) int) *Target {
	return &Target{Name: "leaky", Doc: "a counter with a mistake", New: func(*Env) any { return &leaky{} }, Model: countingModel(),
		Operations: []Operation{OpDo("add", rapid.Just(1), add), Op0("sum", sum).Observing()}}
}

// BenchmarkDetection says what stamps with one reading of the clock miss: every history is recorded with two readings an operation, and judged
// as recorded and as one reading would have had it.
func BenchmarkDetection(b *testing.B) {
	for _, c := range []struct {
		name   string
		target *Target
	}{{"lost update", leakyTarget((*leaky).add, (*leaky).sum)}, {"stale read", leakyTarget((*leaky).rightAdd, (*leaky).stale)}} {
		b.Run(c.name, func(b *testing.B) {
			t, stream := c.target, choice.New(1)
			m := newMill(t, 4, 1)
			two, one := 0, 0
			for b.Loop() {
				h := recordTwice(t, m.program(stream, 5), stream.Uint64())
				if t.linearizable(h, 1e6).Status != Violated {
					continue
				}
				two++
				if t.linearizable(widened(h), 1e6).Status == Violated {
					one++
				}
			}
			b.ReportMetric(100*float64(two)/float64(b.N), "%violated")
			b.ReportMetric(100*float64(two-one)/float64(max(two, 1)), "%missed")
		})
	}
}

// recordTwice executes a program on real goroutines with two readings of the clock an operation.
func recordTwice(t *Target, p Program, seed uint64) *History {
	lanes, system := newLanes(t, p, epoch(), seed), t.New(nil)
	var all sync.WaitGroup
	gate := make(chan struct{})
	for _, l := range lanes {
		l.pausing, l.twice = true, true
		all.Go(func() { <-gate; l.run(system) })
	}
	close(gate)
	all.Wait()
	return history(lanes)
}

// widened returns the history with the starts that one reading an operation would have given.
func widened(h *History) *History {
	w := &History{Calls: slices.Clone(h.Calls)}
	ends := map[int]int64{}
	for i, c := range w.Calls { // in the order of their starts, so each client's in its own order
		if end, ok := ends[c.Client]; ok {
			w.Calls[i].Start = end + 1
		}
		ends[c.Client] = c.End
	}
	w.sort()
	return w
}
