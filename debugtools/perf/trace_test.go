package perf

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

var update = flag.Bool("update", false, "write the golden files")

// raw returns the trace of a program of testdata/gen.
func raw(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".trace.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// traces are those that were read already: nothing changes them.
var traces = map[string]*Trace{}

// read reads such a trace.
func read(t testing.TB, name string) *Trace {
	t.Helper()
	if tr := traces[name]; tr != nil {
		return tr
	}
	tr, err := ReadTrace(bytes.NewReader(raw(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	traces[name] = tr
	return tr
}

// defects returns the kinds of findings above Note, in order.
func defects(all []finding.Finding) []string {
	var kinds []string
	for _, f := range all {
		if f.Certainty > finding.Note {
			kinds = append(kinds, f.Kind)
		}
	}
	return kinds
}

// bottlenecks are the programs with a bottleneck: what must be found first, and which line the title must name. Others may be found behind it only if
// listed: a tight loop that keeps the only processor starves goroutines and makes timers late.
var bottlenecks = []struct {
	name, kind, place string
	also              []string
}{
	{name: "contended", kind: "contended-lock", place: "main.(*store).computeLocked"},
	{name: "convoy", kind: "lock-convoy", place: "main.(*store).computeLocked"},
	{name: "held", kind: "lock-held-while-waiting", place: "main.(*store).saveLocked"},
	{name: "go1.25/held", kind: "lock-held-while-waiting", place: "main.(*store).saveLocked"},
	{name: "go1.27/held", kind: "lock-held-while-waiting", place: "main.(*store).saveLocked"},
	{name: "consumer", kind: "slow-consumer", place: "main.produce"},
	{name: "garbage", kind: "gc-heavy", place: "garbage collector"},
	{name: "hog", kind: "starved", place: "main.hog"},
	{name: "late", kind: "late-timers", place: "main.tick", also: []string{"starved"}},
	{name: "syscalls", kind: "small-system-calls", place: "main.write"},
	{name: "tiny", kind: "tiny-goroutines", place: "main.tiny"},
}

// healthy are their twins, and programs that only wait in other ways.
var healthy = []string{
	"uncontended", "released", "consumers", "pipeline", "reuse", "polite", "crowd", "punctual", "batched", "chunks", "kinds", "network",
}

func TestBottlenecks(t *testing.T) {
	for _, b := range bottlenecks {
		all := read(t, b.name).Findings()
		i := slices.IndexFunc(all, func(f finding.Finding) bool { return f.Kind == b.kind })
		if i < 0 || all[i].Certainty != finding.Likely || !strings.Contains(all[i].Title, b.place) {
			t.Errorf("%s: %v: want %s at %s", b.name, all, b.kind, b.place)
		}
		for _, kind := range defects(all) {
			if kind != b.kind && !slices.Contains(b.also, kind) {
				t.Errorf("%s: %s is found too, which is not there", b.name, kind)
			}
		}
	}
}

func TestTwins(t *testing.T) {
	for _, name := range healthy {
		if kinds := defects(read(t, name).Findings()); len(kinds) > 0 {
			t.Errorf("%s: %v, and nothing is wrong with it", name, kinds)
		}
	}
}

// TestText compares whole texts: everything that a reader sees.
func TestText(t *testing.T) {
	for _, b := range bottlenecks {
		if strings.Contains(b.name, "/") {
			continue // of another release of Go: one text of the kind is enough
		}
		var out bytes.Buffer
		if err := read(t, b.name).WriteText(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, b.name+".txt", out.Bytes())
	}
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %s\nwant %s", name, got, want)
	}
}

// TestIdentities: what is added up in different ways is equal, in every trace.
func TestIdentities(t *testing.T) {
	files, err := filepath.Glob("testdata/*.trace.gz")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".trace.gz")
		tr := read(t, name)
		if tr.Times.Total() != tr.Lifetime {
			t.Errorf("%s: the states add up to %v, the lives to %v", name, tr.Times.Total(), tr.Lifetime)
		}
		var groups, single Times
		for _, g := range tr.Groups {
			if !g.System {
				groups.add(&g.Times)
			}
		}
		for _, g := range tr.Goroutines {
			if g.Times.Total() != g.Death-g.Birth {
				t.Errorf("%s: G%d lived %v, and its states add up to %v", name, g.ID, g.Death-g.Birth, g.Times.Total())
			}
			if !g.Group.System {
				single.add(&g.Times)
			}
		}
		if groups != tr.Times || single != tr.Times {
			t.Errorf("%s: groups %v, goroutines %v, all %v", name, groups, single, tr.Times)
		}
		if limit := tr.Duration * time.Duration(tr.Processors); tr.Use.Running > limit || tr.Use.Full > tr.Duration || tr.Use.Starved > tr.Duration {
			t.Errorf("%s: more processor time than there was: %+v of %v", name, tr.Use, tr.Duration)
		}
		if tr.GC.Work+tr.GC.Assist > tr.Use.Running {
			t.Errorf("%s: the collector took %+v of %v", name, tr.GC, tr.Use.Running)
		}
	}
}

// TestKinds: every way to wait has its name, which the runtime does not give to locks.
func TestKinds(t *testing.T) {
	for _, name := range []string{"kinds", "go1.25/kinds", "go1.27/kinds"} {
		tr := read(t, name)
		for _, k := range []Kind{ChanSend, ChanReceive, Select, Mutex, RWMutex, WaitGroup, Cond, Once, Sleep} {
			if !slices.ContainsFunc(tr.Sites, func(s *Site) bool { return s.Kind == k && strings.HasPrefix(s.Place.Func, "main.kinds") }) {
				t.Errorf("%s: nobody waits in %v", name, k)
			}
		}
	}
	if n := read(t, "network"); !slices.ContainsFunc(n.Sites, func(s *Site) bool { return s.Kind == Network && s.Place.Func == "main.receive" }) {
		t.Error("nobody waits for the network")
	}
}

// TestEdges: who woke whom, with both places.
func TestEdges(t *testing.T) {
	e := read(t, "held").Edges[0]
	if e.Kind != Mutex || e.Waiter.Func != "main.(*store).saveLocked" || e.Waker.Func != e.Waiter.Func || e.Waker.Line <= e.Waiter.Line {
		t.Errorf("%v %v <- %v", e.Kind, e.Waiter, e.Waker)
	}
	if e.Off <= 0 || e.OffKind != Sleep || e.OffPlace.Line != e.Waiter.Line+1 {
		t.Errorf("the holder slept at the line below: %v %v %v", e.Off, e.OffKind, e.OffPlace)
	}
	if len(e.WaiterStack) < 2 || len(e.WakerStack) < 2 {
		t.Errorf("stacks are missing: %v %v", e.WaiterStack, e.WakerStack)
	}
}

// TestTruncated: a trace that is cut off anywhere is read as far as it goes, or is no trace.
func TestTruncated(t *testing.T) {
	whole := raw(t, "held")
	two := slices.Concat(whole, whole[len(whole)/2:])
	for n := 0; n < len(whole); n += 1 + len(whole)/97 {
		tr, err := ReadTrace(bytes.NewReader(whole[:n]))
		if (err == nil) == (tr == nil) || err != nil && !errors.Is(err, ErrNotTrace) {
			t.Fatalf("cut at %d: %v, %v", n, tr, err)
		}
		if err == nil && tr.Truncated == "" {
			t.Errorf("cut at %d of %d, and nobody says so", n, len(whole))
		}
	}
	tr, err := ReadTrace(bytes.NewReader(two))
	if err != nil || tr.Truncated == "" || !slices.Equal(defects(tr.Findings()), []string{"lock-held-while-waiting"}) {
		t.Errorf("rubbish behind a whole generation: %v, %v", tr, err)
	}
}

// TestNotTraces: files of other kinds are refused with a sentence.
func TestNotTraces(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "dump": "goroutine 1 [running]:\n", "old": "go 1.21 trace\x00\x00\x00", "older": "go 1.9 trace\x00\x00\x00\x00",
		"new": "go 1.99 trace\x00\x00\x00", "bare": "go 1.26 trace\x00\x00\x00",
	} {
		if tr, err := ReadTrace(strings.NewReader(text)); !errors.Is(err, ErrNotTrace) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", name, tr, err)
		}
	}
}

func FuzzReadTrace(f *testing.F) {
	f.Add(raw(f, "held"), uint16(100), byte(1))
	f.Add(raw(f, "kinds"), uint16(3000), byte(0x80))
	f.Add([]byte("go 1.26 trace\x00\x00\x00"), uint16(0), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, flip byte) {
		if len(b) > 0 {
			b = slices.Clone(b)
			b[int(at)%len(b)] ^= flip
		}
		if tr, err := ReadTrace(bytes.NewReader(b)); err == nil {
			tr.Findings()
			if err := tr.WriteText(io.Discard); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestJSON: times by kind are an object with names, without what is 0.
func TestJSON(t *testing.T) {
	b, err := json.Marshal(Times{Running: 1, Blocked: ByKind{Mutex: 2, Sleep: 3}})
	if want := `{"running_ns":1,"runnable_ns":0,"syscall_ns":0,"blocked_ns":{"mutex":2,"sleep":3}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v: want %s", b, err, want)
	}
}
