package heap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// made returns a dump of n objects of 200 bytes on average, as the runtime would write it: spans of one page with objects of one size, a third of them
// without pointers, each of the others with pointers to up to four objects, mostly near ones, all hanging from a few thousand global variables.
func made(n int) []byte {
	const base = 0xc000000000
	var b []byte
	number := func(list ...uint64) {
		for _, v := range list {
			b = binary.AppendUvarint(b, v)
		}
	}
	b = append(b, header...)
	number(tagParams, 0, 8, base, base+uint64(n)*1024, 5)
	b = append(b, "amd64\x06go1.20"...)
	number(2)
	sizes := []uint64{32, 64, 96, 192, 512, 32, 112}
	var addrs []uint64
	for page := uint64(base); len(addrs) < n; page += span {
		size := sizes[int(page/span)%len(sizes)]
		for a := page; a+size <= page+span && len(addrs) < n; a += size {
			addrs = append(addrs, a)
		}
	}
	x := uint64(1)
	next := func(limit int) int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x>>33) % limit
	}
	zeros := make([]byte, 512)
	for i, a := range addrs {
		size := sizes[int(a/span)%len(sizes)]
		number(tagObject, a, size)
		at := len(b)
		b = append(b, zeros[:size]...)
		pointers := 0
		if a/span%3 != 0 {
			pointers = min(4, int(size/16))
		}
		for p := range pointers {
			to := min(i+1+next(2000), n-1)
			binary.LittleEndian.PutUint64(b[at+16*p:], addrs[to])
		}
		for p := range pointers {
			number(1, uint64(16*p))
		}
		number(0)
	}
	for _, tag := range []uint64{tagData, tagBSS} {
		number(tag, 0x500000, 8*4096)
		for range 4096 {
			b = binary.LittleEndian.AppendUint64(b, addrs[next(n)])
		}
		for i := range 4096 {
			number(1, uint64(8*i))
		}
		number(0)
	}
	number(tagEnd)
	return b
}

// million2 is the dump that the benchmarks read.
const million2 = 2_000_000

// BenchmarkRead reads a made-up dump of two million objects.
func BenchmarkRead(b *testing.B) {
	dump := made(million2)
	b.SetBytes(int64(len(dump)))
	b.ReportAllocs()
	for b.Loop() {
		if d, err := Read(bytes.NewReader(dump), Options{}); err != nil || d.Truncated || d.Len() != million2 {
			b.Fatal(err, d.TruncatedAt)
		}
	}
}

// BenchmarkAnalyse analyses it.
func BenchmarkAnalyse(b *testing.B) {
	d, err := Read(bytes.NewReader(made(million2)), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if a := d.Analyse(); a.Objects < million2/2 {
			b.Fatal(a.Objects)
		}
	}
}

// BenchmarkMemory reports what a dump and its analysis hold, in bytes an object.
func BenchmarkMemory(b *testing.B) {
	dump := made(million2)
	held := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for b.Loop() {
		before := held()
		d, _ := Read(bytes.NewReader(dump), Options{})
		read := held()
		a := d.Analyse()
		b.ReportMetric((read-before)/million2, "dump-B/object")
		b.ReportMetric((held()-read)/million2, "analysis-B/object")
		b.ReportMetric(float64(len(d.out.edge))/million2, "pointers/object")
		runtime.KeepAlive(a)
	}
}

// BenchmarkFile reads and analyses the dump that GODMODE_HEAP_DUMP names.
func BenchmarkFile(b *testing.B) {
	name := os.Getenv("GODMODE_HEAP_DUMP")
	info, err := os.Stat(name)
	if err != nil {
		b.Skip("GODMODE_HEAP_DUMP names no file")
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		d, err := Read(f, Options{})
		f.Close()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(d.Len()), "objects")
		b.ReportMetric(float64(d.Phantoms), "phantoms")
	}
}

func TestMadeDump(t *testing.T) {
	d, err := Read(bytes.NewReader(made(5000)), Options{})
	if err != nil || d.Truncated || d.Len() != 5000 || len(d.Problems) > 0 {
		t.Fatal(err, fmt.Sprint(d.TruncatedAt, d.Problems))
	}
}
