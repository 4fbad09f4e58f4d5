package perf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder starts a recorder that writes into a directory of its own.
func recorder(t *testing.T, c RecorderConfig) *Recorder {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	r, err := NewRecorder(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// exchange makes two goroutines switch, so that there is something to record.
func exchange() {
	c := make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range c {
		}
	})
	for i := range 50 {
		c <- i
	}
	close(c)
	wg.Wait()
}

// TestRecorder: a snapshot is a trace of what happened before it, and complete.
func TestRecorder(t *testing.T) {
	r := recorder(t, RecorderConfig{Snapshots: 2})
	exchange()
	path, err := r.Snapshot("a name/with: everything")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := ReadTrace(f)
	if err != nil || tr.Truncated != "" || tr.Events < 100 {
		t.Fatalf("%+v, %v", tr, err)
	}
	if tr.Times.Total() != tr.Lifetime {
		t.Errorf("the states add up to %v, the lives to %v", tr.Times.Total(), tr.Lifetime)
	}
	if base := filepath.Base(path); !strings.HasPrefix(base, "a-name-with--everything-") || filepath.Ext(base) != ".trace" {
		t.Error(base)
	}
	if _, err := r.Snapshot(""); err != nil {
		t.Error(err)
	}
	if _, err := r.Snapshot("third"); !errors.Is(err, ErrEnough) {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.tmp")); err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
	r.Close()
	r.Close()
	if _, err := r.Snapshot("late"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// TestOneInAProcess: recorders share the one that the runtime allows, and stop it when the last is closed.
func TestOneInAProcess(t *testing.T) {
	a, b := recorder(t, RecorderConfig{}), recorder(t, RecorderConfig{})
	a.Close()
	if _, err := b.Snapshot("b"); err != nil {
		t.Error("the other was closed:", err)
	}
	b.Close()
	if flight.recorder != nil {
		t.Error("recording goes on, and nobody wants it")
	}
	other := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Stop()
	if _, err := NewRecorder(RecorderConfig{}); err == nil {
		t.Error("somebody else records, and nobody says so")
	}
	if _, err := NewRecorder(RecorderConfig{Keep: -1}); err == nil {
		t.Error("negative times make no sense")
	}
}

// TestDo: what is slow, panics or ends its goroutine leaves a snapshot; the rest does not.
func TestDo(t *testing.T) {
	var now time.Time
	r := recorder(t, RecorderConfig{Now: func() time.Time { return now }})
	takes := func(d time.Duration) func() { return func() { now = now.Add(d) } }
	if path := r.Do("fast", time.Second, takes(time.Second)); path != "" {
		t.Error("it was not slow:", path)
	}
	if path := r.Do("unlimited", 0, takes(time.Hour)); path != "" {
		t.Error("nobody wanted to know:", path)
	}
	if path := r.Do("slow", time.Second, takes(2*time.Second)); !strings.Contains(path, "slow-") {
		t.Error("no snapshot:", path)
	}
	func() {
		defer func() {
			if p := recover(); p != "mine" {
				t.Error("the panic is lost:", p)
			}
		}()
		r.Do("panics", 0, func() { panic("mine") })
	}()
	if found, err := filepath.Glob(filepath.Join(r.config.Dir, "panics-*.trace")); err != nil || len(found) != 1 {
		t.Error(found, err)
	}
}

// A fakeTest is a test that may have failed.
type fakeTest struct {
	failed  bool
	cleanup []func()
	logged  string
}

func (f *fakeTest) Helper()                     {}
func (f *fakeTest) Name() string                { return "TestFake/sub" }
func (f *fakeTest) Failed() bool                { return f.failed }
func (f *fakeTest) Cleanup(c func())            { f.cleanup = append(f.cleanup, c) }
func (f *fakeTest) Logf(s string, args ...any)  { f.logged += fmt.Sprintf(s, args...) }
func (f *fakeTest) ends(r *Recorder, fail bool) { r.Watch(f); f.failed = fail; f.cleanup[0]() }

func TestWatch(t *testing.T) {
	r := recorder(t, RecorderConfig{Snapshots: 1})
	var good, bad, more fakeTest
	if good.ends(r, false); good.logged != "" {
		t.Error(good.logged)
	}
	if bad.ends(r, true); !strings.Contains(bad.logged, "harness perf "+filepath.Join(r.config.Dir, "TestFake-sub-")) {
		t.Error(bad.logged)
	}
	if more.ends(r, true); !strings.Contains(more.logged, ErrEnough.Error()) {
		t.Error(more.logged)
	}
}

// TestNoRecorder: without one, everything goes on as it was.
func TestNoRecorder(t *testing.T) {
	var r *Recorder
	r.Watch(t)
	ran := false
	if path := r.Do("x", 1, func() { ran = true }); path != "" || !ran {
		t.Error(path, ran)
	}
	if _, err := r.Snapshot("x"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	r.Close()
}

// TestBoundedSnapshot: what is too large is not written, and nothing is left.
func TestBoundedSnapshot(t *testing.T) {
	dir := t.TempDir()
	r := recorder(t, RecorderConfig{Dir: dir, Bytes: 1})
	exchange()
	if path, err := r.Snapshot("x"); err == nil || path != "" {
		t.Error(path, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// ExampleRecorder keeps the last seconds, and writes them when an operation is slow.
func ExampleRecorder() {
	dir, err := os.MkdirTemp("", "slow")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := NewRecorder(RecorderConfig{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	path := r.Do("query", time.Nanosecond, exchange) // everything takes longer than that
	fmt.Println(filepath.Ext(path))
	// Output: .trace
}
