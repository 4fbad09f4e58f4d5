package perf

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// readProfile reads a profile of testdata/gen.
func readProfile(t testing.TB, name string) *Profile {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".pprof"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ReadProfile(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A stackCount is a sample of a made profile: functions, innermost first.
type stackCount struct {
	functions string
	n         int64
}

// made makes a CPU profile with a sample every 10 ms, and reads it.
func made(t testing.TB, samples ...stackCount) *Profile {
	t.Helper()
	raw := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}, DurationNanos: 1e9}
	functions := map[string]*profile.Location{}
	for _, s := range samples {
		sample := &profile.Sample{Value: []int64{s.n, s.n * 1e7}}
		for _, name := range strings.Fields(s.functions) {
			if functions[name] == nil {
				f := &profile.Function{ID: uint64(len(functions) + 1), Name: name, Filename: "x.go"}
				raw.Function = append(raw.Function, f)
				functions[name] = &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f, Line: int64(f.ID)}}}
				raw.Location = append(raw.Location, functions[name])
			}
			sample.Location = append(sample.Location, functions[name])
		}
		raw.Sample = append(raw.Sample, sample)
	}
	var b bytes.Buffer
	if err := raw.Write(&b); err != nil {
		t.Fatal(err)
	}
	p, err := ReadProfile(&b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProfiles: recorded profiles of programs whose bottleneck is known, and of those that have none.
func TestProfiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    ProfileKind
		defects []string
	}{
		{"churn.cpu", CPUProfile, []string{"cpu-gc", "cpu-malloc"}},
		{"compute.cpu", CPUProfile, nil},
		{"convoy.mutex", MutexProfile, []string{"contended-lock"}},
		{"convoy.block", BlockProfile, []string{"contended-lock"}},
		{"kinds.block", BlockProfile, nil},
		{"kinds.goroutine", GoroutineProfile, nil},
		{"kinds.threadcreate", ThreadCreateProfile, nil},
		{"uncontended.mutex", BlockProfile, nil}, // empty: nobody can tell
	} {
		p := readProfile(t, c.name)
		kinds := defects(p.Findings())
		slices.Sort(kinds)
		if p.Kind != c.kind || !slices.Equal(kinds, c.defects) {
			t.Errorf("%s: %s, %v", c.name, p.Kind, p.Findings())
		}
		var out bytes.Buffer
		if err := p.WriteText(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name+".txt", out.Bytes())
	}
}

// TestBlockKinds: a block profile is split by what was waited for.
func TestBlockKinds(t *testing.T) {
	p := readProfile(t, "kinds.block")
	for _, k := range []Kind{ChanSend, ChanReceive, Select, Mutex, RWMutex, WaitGroup, Cond, Once} {
		if !slices.ContainsFunc(p.Places, func(at *Place) bool {
			return at.Wait == k && at.Count > 0 && strings.HasPrefix(at.Frame.Func, "main.kinds")
		}) {
			t.Errorf("nobody waits in %v", k)
		}
	}
}

// TestClasses: where the runtime's time belongs.
func TestClasses(t *testing.T) {
	for functions, want := range map[string]string{
		"runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker":                              classGC,
		"runtime.memmove runtime.gcAssistAlloc runtime.mallocgc main.f":                          classGC,
		"runtime.memclrNoHeapPointers runtime.mallocgc main.f":                                   classMove,
		"runtime.nextFreeFast runtime.mallocgc runtime.newobject main.f":                         classMalloc,
		"runtime.futex runtime.futexsleep runtime.notesleep runtime.stopm runtime.findRunnable":  classSched,
		"internal/runtime/maps.(*Iter).Next runtime.mapiternext main.f":                          classMap,
		"runtime.procyield sync.(*Mutex).lockSlow main.f":                                        classLock,
		"runtime.lock2 runtime.chansend runtime.chansend1 main.f":                                classLock,
		"internal/runtime/syscall.Syscall6 syscall.RawSyscall6 syscall.write os.(*File).Write m": classSyscall,
		"main.f runtime.main": "",
		"main.mallocgc":       "",
		"":                    "",
	} {
		var frames []Frame
		for _, f := range strings.Fields(functions) {
			frames = append(frames, Frame{Func: f})
		}
		if got := classOf(frames); got != want {
			t.Errorf("%s: %q, want %q", functions, got, want)
		}
	}
}

// TestFewSamples: the same shares accuse nobody if the samples are few.
func TestFewSamples(t *testing.T) {
	alloc, own := "runtime.mallocgc main.f", "main.f"
	if kinds := defects(made(t, stackCount{alloc, 3}, stackCount{own, 7}).Findings()); len(kinds) > 0 {
		t.Errorf("3 of 10 samples: %v", kinds)
	}
	p := made(t, stackCount{alloc, 300}, stackCount{own, 700})
	if kinds := defects(p.Findings()); !slices.Equal(kinds, []string{"cpu-malloc"}) {
		t.Errorf("300 of 1000 samples: %v", kinds)
	}
	if p.Count != 1000 || p.Time != 10*time.Second || p.Places[0].Frame.Func != "main.f" || p.Places[0].Count != 1000 {
		t.Errorf("%+v", p)
	}
}

func TestDiffProfiles(t *testing.T) {
	old := made(t, stackCount{"main.f", 800}, stackCount{"main.g", 200}, stackCount{"main.gone", 10})
	new := made(t, stackCount{"main.f", 500}, stackCount{"main.g", 500})
	d, err := DiffProfiles(old, new)
	if err != nil {
		t.Fatal(err)
	}
	all := d.Findings()
	if len(all) != 1 || !strings.Contains(all[0].Title, "main.g has grown from 20 % to 50 %") {
		t.Errorf("%v", all)
	}
	var out bytes.Buffer
	if err := d.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", out.Bytes())
	old, new = made(t, stackCount{"main.f", 8}, stackCount{"main.g", 2}), made(t, stackCount{"main.f", 5}, stackCount{"main.g", 5})
	if d, err = DiffProfiles(old, new); err != nil || len(d.Findings()) > 0 {
		t.Errorf("ten samples: %v, %v", d.Findings(), err)
	}
	if _, err := DiffProfiles(old, readProfile(t, "convoy.mutex")); err == nil {
		t.Error("CPU time is compared with waiting")
	}
	if d, err = DiffProfiles(readProfile(t, "uncontended.mutex"), readProfile(t, "convoy.mutex")); err != nil || len(d.Findings()) != 1 {
		t.Errorf("an empty mutex profile, then a convoy: %v, %v", d, err)
	}
}

func TestNotProfiles(t *testing.T) {
	heap, err := os.ReadFile("testdata/kinds.heap.pprof")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "text": "goroutine 1 [running]:\n", "heap": string(heap), "cut": string(heap[:len(heap)/2]), "gzip": "\x1f\x8b",
	} {
		_, err := ReadProfile(strings.NewReader(text))
		if !errors.Is(err, ErrNotProfile) || (name == "heap") != strings.Contains(err.Error(), "it is a heap profile") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadProfile(f *testing.F) {
	for _, name := range []string{"convoy.mutex", "kinds.block", "compute.cpu"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".pprof"))
		if err != nil {
			f.Fatal(err)
		}
		raw, err := unpack(bytes.NewReader(b))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ReadProfile(bytes.NewReader(b))
		if err != nil {
			return
		}
		p.Findings()
		if err := p.WriteText(io.Discard); err != nil {
			t.Fatal(err)
		}
		d, err := DiffProfiles(p, p)
		if err != nil || len(d.Findings()) > 0 {
			t.Errorf("it differs from itself: %v %v", d, err)
		}
	})
}

// ExampleReadProfile says what a mutex profile means.
func ExampleReadProfile() {
	f, err := os.Open("testdata/convoy.mutex.pprof")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	p, err := ReadProfile(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range p.Findings() {
		fmt.Println(finding.Certainty, finding.Kind)
	}
	// Output: LIKELY contended-lock
}

// ExampleReadTrace says what an execution trace means.
func ExampleReadTrace() {
	f, err := os.Open("testdata/held.trace.gz") // usually trace.out, after go test -trace trace.out
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	z, err := gzip.NewReader(f) // those of the tests are packed
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := ReadTrace(z)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range t.Findings() {
		fmt.Println(finding.Certainty, finding.Kind)
	}
	// Output:
	// LIKELY lock-held-while-waiting
	// NOTE off-cpu
}
