//go:build unix

package dump

import (
	"bytes"
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

// cpu returns the seconds that this process has computed. They matter where others keep the processors busy.
func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
