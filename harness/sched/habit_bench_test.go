package sched_test

import (
	"fmt"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// BenchmarkDefault measures a decision of the default rule among many threads.
func BenchmarkDefault(b *testing.B) {
	for _, n := range []int{3, 100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := &Exec{Current: int32(n / 2)}
			for i := range n {
				x.Threads = append(x.Threads, Thread{Key: uint64(i) + 1, Live: true})
				x.Enabled = append(x.Enabled, int32(i))
			}
			r := NewRecorder(NewReplay(nil))
			r.Begin(x, 1)
			for b.Loop() {
				r.Ran(x, r.Pick(x), Op{Kind: Point, Object: NoObject})
			}
		})
	}
}
