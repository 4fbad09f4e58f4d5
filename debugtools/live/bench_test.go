package live

import (
	"fmt"
	"strconv"
	"testing"
)

// BenchmarkRead reads programs with many goroutines in four kinds of waiting, of which a quarter has deep stacks. Paused is how long the program stood still.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, stop := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/stop=%v", n, stop), func(b *testing.B) {
				c := start(b, build(b, "local"), "many", strconv.Itoa(n))
				var st Stats
				for b.Loop() {
					d, err := Read(c.cmd.Process.Pid, Options{Stop: stop, Stats: &st})
					if err != nil || d.Total() < n {
						b.Fatal(d.Total(), err)
					}
				}
				b.ReportMetric(st.Paused.Seconds()*1e3, "paused-ms")
				b.ReportMetric(float64(st.Retried), "retried")
			})
		}
	}
}
