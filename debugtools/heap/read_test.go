package heap_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/concurrency-god-mode/godmode/debugtools/heap"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// small is a dump with a list of three, one of them held by a goroutine as well, an interior pointer, and garbage.
func small() []byte {
	b := new(builder).begin(1 << 20)
	b.object(base, 2, base+16)
	b.object(base+16, 2, base+40) // into the middle of the next one
	b.object(base+32, 2)
	b.object(base+48, 2, base+8192)
	b.object(base+8192, 64)
	b.goroutine(8, "main.worker", base+32)
	b.globals(0, base)
	return b.end()
}

// read reads a dump that must be readable.
func read(t interface{ Fatal(...any) }, dump []byte) *heap.Dump {
	d, err := heap.Read(bytes.NewReader(dump), heap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSmallDump(t *testing.T) {
	d := read(t, small())
	a := d.Analyse()
	if d.Truncated || len(d.Problems) > 0 || d.Len() != 5 || a.Objects != 3 || a.Bytes != 48 || a.GarbageObjects != 2 || a.Garbage != 528 {
		t.Fatalf("%+v", d)
	}
	if i, ok := d.Find(base + 47); !ok || i != 2 {
		t.Errorf("base+47 lies in %d, %v", i, ok)
	}
	if _, ok := d.Find(base + 64); ok {
		t.Error("base+64 lies in an object")
	}
	if bytes, objects := a.Retained(0); bytes != 32 || objects != 2 {
		t.Errorf("the head retains %d bytes in %d objects", bytes, objects)
	}
	if _, root := a.Dominator(0); root.String() != "global data+0x8" {
		t.Errorf("the head is kept by %v", root)
	}
	if by, root := a.Dominator(2); by != -1 || root != nil {
		t.Errorf("what two roots hold is kept by %d, %v", by, root)
	}
}

func TestSharedIsNamedAfterAllItsRoots(t *testing.T) {
	keepers := read(t, small()).Analyse().Keepers()
	if len(keepers) != 2 || keepers[0].String() != "global data+0x8" || !keepers[1].Shared ||
		keepers[1].String() != "global data+0x8 and goroutine main.worker" {
		t.Errorf("%+v", keepers)
	}
}

func TestPaths(t *testing.T) {
	p := read(t, small()).Paths()
	if got, want := p.To(1).String(), "global data+0x8 -> 16 B with 1 pointer x 2"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := p.To(2).String(), "goroutine 8 [chan receive] main.worker in main.worker -> 16 B without pointers"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := p.To(3); got != nil {
		t.Errorf("garbage has a path: %s", got)
	}
}

// TestEveryPrefix cuts a dump everywhere: what is there is read, and that it is cut is said.
func TestEveryPrefix(t *testing.T) {
	repeat.Once(t)
	whole := small()
	for n := range whole {
		d, err := heap.Read(iotest.OneByteReader(bytes.NewReader(whole[:n])), heap.Options{})
		if n < 16 {
			if !errors.Is(err, heap.ErrFormat) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		if err != nil || !d.Truncated {
			t.Fatalf("%d bytes of %d: %v, truncated %v", n, len(whole), err, d.Truncated)
		}
		d.Analyse().Keepers()
	}
}

func TestHostile(t *testing.T) {
	head := func() *builder { return new(builder).begin(1 << 20) }
	for name, b := range map[string]*builder{
		"object of an exabyte": func() *builder { b := head(); b.number(1, base, 1<<60); return b }(),
		"unknown record":       func() *builder { b := head(); b.number(99); return b }(),
		"unknown field":        func() *builder { b := head(); b.number(1, base, 0, 7, 7); return b }(),
		"frame of nobody":      func() *builder { b := head(); b.number(14, 1, 2, 3, 4, 5, 6, 7); return b }(),
		"long name":            func() *builder { b := head(); b.number(2, 1<<40); return b }(),
		"long stack":           func() *builder { b := head(); b.number(16, 1, 2, 1<<40); return b }(),
	} {
		d, err := heap.Read(&b.Buffer, heap.Options{})
		if err != nil || !d.Truncated || d.TruncatedAt == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverlapsAreSkipped(t *testing.T) {
	b := new(builder).begin(1 << 20)
	b.object(base+64, 2)
	b.object(base, 2)
	b.object(base+4<<20, 2)
	b.object(base+8, 0)
	d := read(t, b.end())
	if d.Len() != 1 || len(d.Problems) != 3 || !strings.Contains(d.Problems[0], "overlaps") {
		t.Errorf("%d objects, %q", d.Len(), d.Problems)
	}
}

func TestLimits(t *testing.T) {
	repeat.Once(t)
	if _, err := heap.Read(bytes.NewReader(small()), heap.Options{MaxMemory: 40}); !errors.Is(err, heap.ErrLimit) {
		t.Errorf("40 bytes: %v", err)
	}
	large := new(builder).begin(1 << 30)
	large.object(base, 1<<18)
	if _, err := heap.Read(&large.Buffer, heap.Options{MaxMemory: 1 << 20}); !errors.Is(err, heap.ErrLimit) {
		t.Errorf("2 MiB at once: %v", err)
	}
	if _, err := heap.Read(&new(builder).begin(33<<30).Buffer, heap.Options{}); !errors.Is(err, heap.ErrLimit) {
		t.Errorf("33 GiB: %v", err)
	}
	if _, err := heap.Read(strings.NewReader("goroutine 1 [running]:\nmain.main()"), heap.Options{}); !errors.Is(err, heap.ErrFormat) {
		t.Errorf("goroutine dump: %v", err)
	}
}

// TestOwnDump reads a dump of this process: every object is there, and no other.
func TestOwnDump(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.dump")
	if err := heap.Write(file); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := heap.Read(f, heap.Options{})
	if err != nil || d.Truncated || len(d.Problems) > 0 {
		t.Fatal(err, d.TruncatedAt, d.Problems)
	}
	a := d.Analyse()
	if a.Bytes+a.Garbage != d.HeapAlloc || a.Objects+a.GarbageObjects != d.HeapObjects {
		t.Errorf("%d bytes in %d objects, MemStats says %d in %d", a.Bytes+a.Garbage, a.Objects+a.GarbageObjects, d.HeapAlloc, d.HeapObjects)
	}
	if a.Garbage > a.Bytes/4 {
		t.Errorf("%d bytes are garbage, %d are not", a.Garbage, a.Bytes)
	}
}

// FuzzRead reads anything: no panic, and tables no larger than the file allows.
func FuzzRead(f *testing.F) {
	f.Add(small())
	f.Add(small()[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := heap.Read(bytes.NewReader(data), heap.Options{MaxMemory: 1 << 24})
		if err != nil {
			return
		}
		a := d.Analyse()
		sum := uint64(0)
		for _, k := range a.Keepers() {
			sum += k.Bytes
			a.Chain(k)
			a.Kept(k, 3)
		}
		if sum != a.Bytes {
			t.Errorf("keepers keep %d bytes of %d", sum, a.Bytes)
		}
		if _, err := a.Views(bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
		a.Findings()
		heap.GrowthFindings(a, a)
		d.Paths().Routes("")
		paths := d.Paths()
		for i := range min(d.Len(), 100) {
			_, objects := a.Retained(i)
			if path := paths.To(i); (path != nil) != (objects > 0) {
				t.Errorf("object %d of %d bytes retains %d objects, path %v", i, d.Object(i).Size, objects, path)
			}
		}
	})
}
