package model_test

import (
	"iter"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// random are the names of the strategies that draw each schedule.
var random = []string{"portfolio", "rw", "pct", "pct3", "pct10", "pos", "urw", "surw"}

// tiny is two threads with two operations each.
func tiny(t *T) {
	x := t.NewInt(0)
	twice := func(t *T) { x.Add(t, 1); x.Add(t, 1) }
	a, b := t.Go("a", twice), t.Go("b", twice)
	t.Join(a)
	t.Join(b)
}

// wide is n threads with m operations each.
func wide(n, m int) Program {
	handles := make([]*Thread, n)
	return func(t *T) {
		x, y := t.NewInt(0), t.NewInt(0)
		work := func(t *T) {
			for range m / 2 {
				x.Add(t, 1)
				y.Add(t, 1)
			}
		}
		for i := range handles {
			handles[i] = t.Go("worker", work)
		}
		for _, h := range handles {
			t.Join(h)
		}
	}
}

func benchmark(b *testing.B, p Program) {
	for _, name := range random {
		b.Run(name, func(b *testing.B) {
			e := New(Limits{Steps: 100_000})
			defer e.Close()
			s, _ := sched.New(name)
			e.ExploreAll(p, s, 1, 30)
			b.ReportAllocs()
			b.ResetTimer()
			before := cpuTime()
			sum := e.ExploreAll(p, s, 2, b.N)
			used := (cpuTime() - before).Seconds()
			b.ReportMetric(float64(sum.Schedules)/used, "schedules/cpu-s")
			b.ReportMetric(float64(sum.Operations)/used/1e6, "Mops/cpu-s")
		})
	}
}

func BenchmarkTiny(b *testing.B)    { benchmark(b, tiny) }
func Benchmark5x2000(b *testing.B)  { benchmark(b, wide(5, 2000)) }
func Benchmark100x100(b *testing.B) { benchmark(b, wide(100, 100)) }

// BenchmarkPull is a bare coroutine: two switches of control.
func BenchmarkPull(b *testing.B) {
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		for yield(struct{}{}) {
		}
	})
	defer stop()
	before := cpuTime()
	for b.Loop() {
		next()
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}
