package live

import (
	"fmt"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// cpu returns the processor time that this process has used, in milliseconds. On a loaded machine it says more than the time on the clock.
func cpu(b *testing.B) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// BenchmarkRead reads programs with many goroutines in four kinds of waiting, of which a quarter has deep stacks. Paused is how long the program stood still.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, stop := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/stop=%v", n, stop), func(b *testing.B) {
				c := start(b, build(b, "local"), "many", strconv.Itoa(n))
				var st Stats
				paused, before := 0.0, cpu(b)
				for b.Loop() {
					d, err := Read(c.cmd.Process.Pid, Options{Stop: stop, Stats: &st})
					if err != nil || d.Total() < n {
						b.Fatal(err)
					}
					paused += st.Paused.Seconds() * 1e3
				}
				b.ReportMetric(paused/float64(b.N), "paused-ms")
				b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-ms")
			})
		}
	}
}
