package control

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// counter is what stands for the scheduler in these tests: it counts points by kind, and tells the last address.
const counter = `package runtime

import "unsafe"

var godmodeCounts [4]int
var godmodeLast unsafe.Pointer

//go:linkname sync_atomic_godmodePoint sync/atomic.godmodePoint
//go:nosplit
//go:norace
func sync_atomic_godmodePoint(kind uint8, addr unsafe.Pointer) {
	godmodeCounts[kind]++
	godmodeLast = addr
}

//go:norace
func GodmodeCounts() ([4]int, unsafe.Pointer) { return godmodeCounts, godmodeLast }
`

// onlyAtomics returns the changes of sync/atomic alone, above the counter.
func onlyAtomics(t testing.TB) Sources {
	t.Helper()
	std := fstest.MapFS{"add/runtime/counter.go.txt": {Data: []byte(counter)}}
	all := DefaultSources().Std
	err := fs.WalkDir(all, ".", func(name string, d fs.DirEntry, err error) error {
		if strings.HasPrefix(name, "edits/atomic") || name == "edits/intrinsics.edit" || strings.HasPrefix(name, "add/sync/atomic/") || name == "gcflags.txt" {
			if !d.IsDir() {
				data, err := fs.ReadFile(all, name)
				std[name] = &fstest.MapFile{Data: data}
				return err
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return Sources{Std: std}
}

// atomicsTest is a program whose tests count the points in front of each operation.
const atomicsTest = `package atomics

import (
	"crypto/subtle"
	"hash/maphash"
	"iter"
	"math"
	"math/big"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"sync/atomic"
	"testing"
	"unique"
	"unsafe"
	"weak"
)

const (
	read   = 1
	write  = 2
	update = 3
)

// once demands that f meets one point of a kind, at an address, and no other.
func once(t *testing.T, name string, kind int, addr unsafe.Pointer, f func()) {
	t.Helper()
	before, _ := runtime.GodmodeCounts()
	f()
	after, last := runtime.GodmodeCounts()
	before[kind]++
	if after != before || last != addr {
		t.Errorf("%s: points %v, want %v; address %p, want %p", name, after, before, last, addr)
	}
}

func want(t *testing.T, ok bool) {
	if !ok {
		t.Error("wrong result") // methods of t have points of their own
	}
}

func TestFunctions(t *testing.T) {
	var n int64
	p := unsafe.Pointer(&n)
	once(t, "AddInt64", update, p, func() { want(t, atomic.AddInt64(&n, 5) == 5) })
	once(t, "LoadInt64", read, p, func() { want(t, atomic.LoadInt64(&n) == 5) })
	once(t, "StoreInt64", write, p, func() { atomic.StoreInt64(&n, 6) })
	once(t, "SwapInt64", update, p, func() { want(t, atomic.SwapInt64(&n, 7) == 6) })
	once(t, "CompareAndSwapInt64", update, p, func() { want(t, atomic.CompareAndSwapInt64(&n, 7, 12)) })
	once(t, "AndInt64", update, p, func() { want(t, atomic.AndInt64(&n, 4) == 12) })
	once(t, "OrInt64", update, p, func() { want(t, atomic.OrInt64(&n, 3) == 4 && n == 7) })
	var u uint32
	p = unsafe.Pointer(&u)
	once(t, "AddUint32", update, p, func() { want(t, atomic.AddUint32(&u, 5) == 5) })
	once(t, "LoadUint32", read, p, func() { want(t, atomic.LoadUint32(&u) == 5) })
	once(t, "StoreUint32", write, p, func() { atomic.StoreUint32(&u, 6) })
	once(t, "AndUint32", update, p, func() { want(t, atomic.AndUint32(&u, 2) == 6) })
	var w uintptr
	p = unsafe.Pointer(&w)
	once(t, "StoreUintptr", write, p, func() { atomic.StoreUintptr(&w, 6) })
	once(t, "SwapUintptr", update, p, func() { want(t, atomic.SwapUintptr(&w, 7) == 6) })
	once(t, "CompareAndSwapUintptr", update, p, func() { want(t, atomic.CompareAndSwapUintptr(&w, 7, 1) && w == 1) })
	var q unsafe.Pointer
	p = unsafe.Pointer(&q)
	once(t, "StorePointer", write, p, func() { atomic.StorePointer(&q, p) })
	once(t, "LoadPointer", read, p, func() { want(t, atomic.LoadPointer(&q) == p) })
	once(t, "SwapPointer", update, p, func() { want(t, atomic.SwapPointer(&q, nil) == p) })
	once(t, "CompareAndSwapPointer", update, p, func() { want(t, atomic.CompareAndSwapPointer(&q, nil, p) && q == p) })
}

func TestMethods(t *testing.T) {
	var n atomic.Int64
	once(t, "Int64.Add", update, unsafe.Pointer(&n), func() { want(t, n.Add(2) == 2) })
	once(t, "Int64.Load", read, unsafe.Pointer(&n), func() { want(t, n.Load() == 2) })
	once(t, "Int64.Store", write, unsafe.Pointer(&n), func() { n.Store(3) })
	var b atomic.Bool
	once(t, "Bool.Store", write, unsafe.Pointer(&b), func() { b.Store(true) })
	once(t, "Bool.Load", read, unsafe.Pointer(&b), func() { want(t, b.Load()) })
	once(t, "Bool.Swap", update, unsafe.Pointer(&b), func() { want(t, b.Swap(false)) })
	once(t, "Bool.CompareAndSwap", update, unsafe.Pointer(&b), func() { want(t, b.CompareAndSwap(false, true)) })
	var p atomic.Pointer[int]
	once(t, "Pointer.Store", write, unsafe.Pointer(&p), func() { p.Store(new(int)) })
	once(t, "Pointer.Load", read, unsafe.Pointer(&p), func() { want(t, p.Load() != nil) })
	once(t, "Pointer.Swap", update, unsafe.Pointer(&p), func() { want(t, p.Swap(nil) != nil) })
	once(t, "Pointer.CompareAndSwap", update, unsafe.Pointer(&p), func() { want(t, p.CompareAndSwap(nil, new(int))) })
	var v atomic.Value
	once(t, "Value.Load", read, unsafe.Pointer(&v), func() { want(t, v.Load() == nil) })
	once(t, "Value.Store", write, unsafe.Pointer(&v), func() { v.Store(1) })
	once(t, "Value.Swap", update, unsafe.Pointer(&v), func() { want(t, v.Swap(2) == 1) })
	once(t, "Value.CompareAndSwap", update, unsafe.Pointer(&v), func() { want(t, v.CompareAndSwap(2, 3)) })
}

func TestValues(t *testing.T) {
	var n int64
	add := atomic.AddInt64
	once(t, "function value", update, unsafe.Pointer(&n), func() { add(&n, 1) })
	var m atomic.Int32
	load := m.Load
	once(t, "method value", read, unsafe.Pointer(&m), func() { load() })
	once(t, "deferred", update, unsafe.Pointer(&n), func() { defer atomic.AddInt64(&n, 1) })
	store := (*atomic.Int32).Store
	once(t, "method expression", write, unsafe.Pointer(&m), func() { store(&m, 1) })
}

func small(n *int64) int64 { return atomic.AddInt64(n, 1) }

func TestInlined(t *testing.T) {
	var n int64
	once(t, "inlined", update, unsafe.Pointer(&n), func() { small(&n) })
	if a := testing.AllocsPerRun(10, func() {
		var local int64
		small(&local)
	}); a != 0 {
		t.Errorf("%v allocations: the address of a word escapes", a)
	}
}

// What the compiler usually replaces by instructions, or has inlined here from packages that have such things inside, works as an ordinary function.
func TestBuiltIn(t *testing.T) {
	one, two := 1, 2.0
	want(t, math.Sqrt(two*two) == 2 && math.FMA(two, two, 1) == 5 && math.Floor(two+.5) == 2 && math.Copysign(two, -1) == -2)
	want(t, bits.TrailingZeros64(uint64(one)<<40) == 40 && bits.Len(uint(one)) == 1 && bits.OnesCount(7) == 3 && bits.ReverseBytes32(1) == 1<<24)
	hi, lo := bits.Mul64(1<<63, uint64(one)*2)
	want(t, hi == 1 && lo == 0)
	want(t, subtle.ConstantTimeByteEq(1, byte(one)) == 1 && subtle.ConstantTimeEq(1, 2) == 0 && subtle.ConstantTimeLessOrEq(one, 2) == 1)
	want(t, subtle.ConstantTimeSelect(one, 3, 4) == 3 && subtle.ConstantTimeCompare([]byte("a"), []byte("a")) == 1)
	want(t, new(big.Int).Exp(big.NewInt(3), big.NewInt(100), nil).BitLen() == 159)
	m := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9}
	n := 0
	for r := reflect.ValueOf(m).MapRange(); r.Next(); {
		n += int(r.Value().Int())
	}
	want(t, n == 45)
	seed := maphash.MakeSeed()
	want(t, maphash.Comparable(seed, one) == maphash.Comparable(seed, 1) && unique.Make("a") == unique.Make(string([]byte("a"))))
	p := new(int)
	runtime.AddCleanup(p, func(int) {}, 1)
	want(t, weak.Make(p).Value() == p)
	next, stop := iter.Pull(func(yield func(int) bool) { yield(5) })
	got, _ := next()
	stop()
	want(t, got == 5)
	runtime.KeepAlive(p)
}

func TestTLS(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	r, err := s.Client().Get(s.URL)
	if err != nil || r.StatusCode != http.StatusNotFound {
		t.Fatal(r, err)
	}
	r.Body.Close()
}
`

// TestAtomics: every operation of sync/atomic has one point in front, without and with the race detector, however it is written.
func TestAtomics(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("compiles all of std once")
	}
	for version, tc := range toolchains(t) {
		for _, race := range []bool{false, true} {
			dir := write(t, map[string]string{"go.mod": "module example.com/atomics\n\ngo 1.26\n", "a_test.go": atomicsTest})
			c := Config{Dir: dir, Race: race, TempDir: t.TempDir(), Sources: checked(t, onlyAtomics(t), tc), Env: tc.env, GoCommand: tc.command, BuildFlags: []string{"-ldflags=-w"}}
			set, err := Build(context.Background(), c)
			if err != nil {
				t.Fatalf("%s, race %v: %v", version, race, err)
			}
			mustRun(t, set.Binaries[0])
			set.Close()
		}
	}
}

// calls matches calls of the functions of sync/atomic.
var calls = regexp.MustCompile(`\batomic\.(Swap|CompareAndSwap|Add|And|Or|Load|Store)(Int32|Uint32|Int64|Uint64|Uintptr|Pointer)\(`)

// TestGcflagsCoverStd: every package of std that calls functions of sync/atomic is compiled so that they have points, but for the primitives themselves.
func TestGcflagsCoverStd(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("reads all of std")
	}
	covered := map[string]bool{"sync": true, "internal/sync": true}
	for _, line := range DefaultSources().gcflags() {
		if pattern, flags := cutPattern(line); flags != "" {
			covered[strings.TrimSuffix(pattern, "/...")] = true
		}
	}
	for version, tc := range toolchains(t) {
		root := os.DirFS(filepath.Join(tc.Root, "src"))
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && (name == "cmd" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(root, name)
			if calls.Match(text) && !covered[path.Dir(name)] && !covered[path.Dir(path.Dir(name))] {
				t.Errorf("%s: %s calls functions of sync/atomic: gcflags.txt must name its package", version, name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
