package sched_test

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// BenchmarkDPOR explores a program again and again, and counts executions.
func BenchmarkDPOR(b *testing.B) {
	for name, p := range map[string]model.Program{"counter3x3": counter(3, 3), "mutex3x3": sections(3, 3)} {
		b.Run(name, func(b *testing.B) {
			e := model.New(model.Limits{})
			defer e.Close()
			d := NewDPOR()
			n := 0
			b.ReportAllocs()
			before := cpuTime()
			for b.Loop() {
				if e.Run(p, d, 1).Exhausted {
					*d = *NewDPOR()
				}
				n++
			}
			b.ReportMetric(float64(n)/(cpuTime()-before).Seconds(), "executions/cpu-s")
		})
	}
}
