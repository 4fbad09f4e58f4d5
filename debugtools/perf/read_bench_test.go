package perf

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/exp/trace"
)

// big returns the trace that PERF_TRACE names, or a small one of the tests.
func big(b *testing.B) []byte {
	b.Helper()
	path := os.Getenv("PERF_TRACE")
	if path == "" {
		return raw(b, "garbage")
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return whole
}

func BenchmarkReadTrace(b *testing.B) {
	whole := big(b)
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadTrace(bytes.NewReader(whole)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReader is what the reader of golang.org/x/exp/trace takes alone.
func BenchmarkReader(b *testing.B) {
	whole := big(b)
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := trace.NewReader(bytes.NewReader(whole))
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := r.ReadEvent(); err != nil {
				break
			}
		}
	}
}
