//go:build unix

package dump

import (
	"bytes"
	"io"
	"runtime/metrics"
	"runtime/pprof"
	"strconv"
	"syscall"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/dump/internal/generate"
)

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name string
		o    generate.Options
	}{
		{"8k", generate.Options{Goroutines: 8000, Stacks: 49}},
		{"80k", generate.Options{Goroutines: 80000, Stacks: 49}},
		{"50k-of-20k-stacks", generate.Options{Goroutines: 50000, Stacks: 20000}},
		{"8k-quit", generate.Options{Goroutines: 8000, Stacks: 49, Quit: true}},
	} {
		var text bytes.Buffer
		if err := generate.Write(&text, c.o); err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if d, err := Read(bytes.NewReader(text.Bytes())); err != nil || len(d.Goroutines) != c.o.Goroutines || len(d.Problems) > 0 || d.Truncated {
					b.Fatal(err, d)
				}
			}
			b.ReportMetric(float64(text.Len())*float64(b.N)/1e6/(cpu(b)-before), "MB/cpu-s")
		})
	}
}

// BenchmarkTake compares the two dumps of this process that list its goroutines. stops/op is how often the world is stopped.
func BenchmarkTake(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			crowd(b, n, 3)
			for _, c := range []struct {
				name string
				take func(io.Writer) error
			}{
				{"take", Take},
				{"debug2", func(w io.Writer) error { return pprof.Lookup("goroutine").WriteTo(w, 2) }},
			} {
				b.Run(c.name, func(b *testing.B) {
					stops, before, written := pauses(), cpu(b), new(counter)
					for b.Loop() {
						if err := c.take(written); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric((cpu(b)-before)*1e3/float64(b.N), "cpu-ms/op")
					b.ReportMetric(float64(pauses()-stops)/float64(b.N), "stops/op")
					b.ReportMetric(float64(*written)/1e6/float64(b.N), "MB/op")
				})
			}
		})
	}
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// pauses returns how often the world was stopped for other purposes than collecting garbage.
func pauses() uint64 {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/other:seconds"}}
	metrics.Read(sample)
	n := uint64(0)
	for _, c := range sample[0].Value.Float64Histogram().Counts {
		n += c
	}
	return n
}

// cpu returns the seconds that this process has computed. They matter where others keep the processors busy.
func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
