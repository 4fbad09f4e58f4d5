package explain

import (
	"io"
	"testing"
)

func BenchmarkText(b *testing.B) {
	e := fixture(b, "long")
	b.ReportAllocs()
	for b.Loop() {
		_ = Text(io.Discard, e, Options{})
	}
}

func BenchmarkSame(b *testing.B) {
	e := fixture(b, "many")
	b.ReportAllocs()
	for b.Loop() {
		Same(e, e)
	}
}
