package perf

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/exp/trace"
)

// A script makes events of a trace that never happened.
type script struct {
	t   testing.TB
	a   *account
	now trace.Time
}

// after lets time pass.
func (s *script) after(d time.Duration) *script {
	s.now += trace.Time(d)
	return s
}

// stackOf makes a stack from functions, innermost first.
func stackOf(functions ...string) trace.Stack {
	var frames []trace.StackFrame
	for i, f := range functions {
		frames = append(frames, trace.StackFrame{PC: uint64(i + 1), Func: f, File: "main.go", Line: uint64(i + 1)})
	}
	return trace.MakeStack(frames)
}

// moves lets goroutine g change its state, while by executes.
func (s *script) moves(by, g trace.GoID, from, to trace.GoState, reason string, functions ...string) {
	st := trace.MakeGoStateTransition(g, from, to)
	st.Reason = reason
	if len(functions) > 0 {
		st.Stack = stackOf(functions...)
	}
	at := st.Stack // what stops itself has one stack
	if by != g && by != none {
		at = stackOf("main.caller")
	}
	add(s, by, trace.EventStateTransition, st, at)
}

// add adds an event with its details.
func add[T trace.EventDetails](s *script, by trace.GoID, kind trace.EventKind, details T, at trace.Stack) {
	s.t.Helper()
	e, err := trace.MakeEvent(trace.EventConfig[T]{Time: s.now, Kind: kind, Goroutine: by, Proc: 0, Thread: 0, Stack: at, Details: details})
	if err != nil {
		s.t.Fatal(err)
	}
	s.a.add(&e)
}

// newScript begins a trace on so many processors.
func newScript(t testing.TB, procs int) *script {
	s := &script{t: t, a: newAccount(), now: 1000}
	s.a.setProcs(procs)
	return s
}

const none = trace.NoGoroutine

// TestAccount adds up two goroutines by hand: one waits 5 ms for a lock whose holder sleeps 3 ms of that.
func TestAccount(t *testing.T) {
	s := newScript(t, 1)
	lock := []string{"sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock", "main.second"}
	sleep := []string{"time.Sleep", "main.first"}
	s.moves(1, 2, trace.GoNotExist, trace.GoRunnable, "", "main.first")
	s.moves(1, 3, trace.GoNotExist, trace.GoRunnable, "", "main.second")
	s.after(time.Millisecond).moves(none, 2, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond).moves(2, 2, trace.GoRunning, trace.GoRunnable, "preempted", "main.first")
	s.moves(none, 3, trace.GoRunnable, trace.GoRunning, "")
	s.moves(3, 3, trace.GoRunning, trace.GoWaiting, "sync", lock...)
	s.moves(none, 2, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond).moves(2, 2, trace.GoRunning, trace.GoWaiting, "sleep", sleep...)
	s.after(3*time.Millisecond).moves(none, 2, trace.GoWaiting, trace.GoRunnable, "")
	s.moves(none, 2, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond).moves(2, 3, trace.GoWaiting, trace.GoRunnable, "")
	s.after(time.Millisecond).moves(2, 2, trace.GoRunning, trace.GoNotExist, "")
	s.moves(none, 3, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond).moves(3, 3, trace.GoRunning, trace.GoNotExist, "")
	tr := s.a.finish()

	want := Times{Running: 5 * time.Millisecond, Runnable: 4 * time.Millisecond}
	want.Blocked[Mutex], want.Blocked[Sleep] = 5*time.Millisecond, 3*time.Millisecond
	if tr.Times != want || tr.Lifetime != want.Total() || tr.Duration != 9*time.Millisecond {
		t.Errorf("%+v in %v, lives %v: want %+v", tr.Times, tr.Duration, tr.Lifetime, want)
	}
	e := tr.Edges[0]
	if e.Kind != Mutex || e.Waiter.Func != "main.second" || e.Off != 3*time.Millisecond || e.OffKind != Sleep || e.OffPlace.Func != "main.first" {
		t.Errorf("%+v", e)
	}
	if len(tr.Idle) != 1 || tr.Idle[0].Total != 3*time.Millisecond || tr.Idle[0].Kind != Sleep || tr.Idle[0].LongestAt != 3*time.Millisecond {
		t.Errorf("nothing ran for 3 ms: %+v", tr.Idle)
	}
	if w := tr.Waits[0]; w.For != 2*time.Millisecond || w.Goroutine != 3 || len(w.Ran) != 1 || w.Ran[0].Time != time.Millisecond {
		t.Errorf("%+v", tr.Waits)
	}
	if tr.Use.Full != 5*time.Millisecond || tr.Use.Running != 5*time.Millisecond {
		t.Errorf("%+v", tr.Use)
	}
}

// TestStarved: a ready goroutine beside an idle processor is starved, but for the time that waking a thread takes.
func TestStarved(t *testing.T) {
	s := newScript(t, 2)
	s.moves(1, 2, trace.GoNotExist, trace.GoRunnable, "", "main.f")
	s.after(5*time.Millisecond+wakeup).moves(none, 2, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond).moves(2, 2, trace.GoRunning, trace.GoNotExist, "")
	if u := s.a.finish().Use; u.Starved != 5*time.Millisecond || u.Missed != u.Starved || u.Longest != u.Starved {
		t.Errorf("%+v", u)
	}
}

// TestCollector: the time of workers and helpers, of stops, and of what was on when the trace began.
func TestCollector(t *testing.T) {
	s := newScript(t, 2)
	goroutine, all := trace.MakeResourceID(trace.GoID(2)), trace.ResourceID{}
	s.moves(none, 2, trace.GoUndetermined, trace.GoRunning, "", "main.f")
	s.moves(1, 3, trace.GoNotExist, trace.GoRunnable, "", "runtime.gcBgMarkWorker")
	add(s, 2, trace.EventRangeBegin, trace.Range{Name: rangeMark, Scope: all}, trace.NoStack)
	add(s, 2, trace.EventRangeBegin, trace.Range{Name: rangeAssist, Scope: goroutine}, trace.NoStack)
	s.moves(none, 3, trace.GoRunnable, trace.GoRunning, "")
	s.after(2*time.Millisecond).moves(2, 2, trace.GoRunning, trace.GoWaiting, "GC mark assist wait for work", "main.f")
	s.after(time.Millisecond).moves(none, 2, trace.GoWaiting, trace.GoRunnable, "")
	s.moves(none, 2, trace.GoRunnable, trace.GoRunning, "")
	s.after(time.Millisecond)
	add(s, 2, trace.EventRangeEnd, trace.Range{Name: rangeAssist, Scope: goroutine}, trace.NoStack)
	add(s, 2, trace.EventRangeEnd, trace.Range{Name: rangeMark, Scope: all}, trace.NoStack)
	add(s, 2, trace.EventRangeBegin, trace.Range{Name: "stop-the-world (read mem stats)", Scope: goroutine}, trace.NoStack)
	s.after(20 * time.Millisecond)
	add(s, 2, trace.EventRangeEnd, trace.Range{Name: "stop-the-world (read mem stats)", Scope: goroutine}, trace.NoStack)
	add(s, none, trace.EventLabel, trace.Label{Label: "GC (idle)", Resource: trace.MakeResourceID(trace.GoID(3))}, trace.NoStack)
	s.after(time.Millisecond).moves(3, 3, trace.GoRunning, trace.GoNotExist, "")
	tr := s.a.finish()
	if gc := tr.GC; gc.Assist != 3*time.Millisecond || gc.Mark != 4*time.Millisecond || gc.Cycles != 1 || gc.Work != 0 {
		t.Errorf("%+v", gc)
	}
	if sum, longest := tr.GC.Stopped(); sum != 20*time.Millisecond || longest != sum {
		t.Errorf("stopped for %v, at most %v", sum, longest)
	}
	if kinds := defects(tr.Findings()); !slices.Equal(kinds, []string{"long-stop"}) {
		t.Errorf("found %v", kinds)
	}
}

// TestRandomAccounts: for any course of events the states of goroutines add up to their lives, and processors to what ran.
func TestRandomAccounts(t *testing.T) {
	next := map[trace.GoState][]trace.GoState{
		trace.GoNotExist:     {trace.GoRunnable},
		trace.GoUndetermined: {trace.GoRunnable, trace.GoRunning, trace.GoWaiting, trace.GoSyscall},
		trace.GoRunnable:     {trace.GoRunning},
		trace.GoRunning:      {trace.GoRunnable, trace.GoWaiting, trace.GoSyscall, trace.GoNotExist},
		trace.GoWaiting:      {trace.GoRunnable},
		trace.GoSyscall:      {trace.GoRunning, trace.GoRunnable},
	}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := newScript(t, 1+rng.IntN(4))
		now := map[trace.GoID]trace.GoState{}
		for range 300 {
			g := trace.GoID(1 + rng.IntN(12))
			from, known := now[g]
			if !known && rng.IntN(2) == 0 {
				from = trace.GoUndetermined
			} else if !known {
				from = trace.GoNotExist
			}
			to := next[from][rng.IntN(len(next[from]))]
			functions := []string{"sync.(*Mutex).Lock", "main.f"}
			if rng.IntN(4) == 0 {
				functions = nil
			}
			s.after(time.Duration(rng.IntN(300))*time.Microsecond).moves(trace.GoID(rng.IntN(12)), g, from, to, "sync", functions...)
			if now[g] = to; to == trace.GoNotExist {
				delete(now, g)
			}
		}
		tr := s.a.finish()
		if tr.Times.Total() != tr.Lifetime {
			t.Fatalf("seed %d: states %v, lives %v", seed, tr.Times.Total(), tr.Lifetime)
		}
		var running time.Duration
		for _, g := range tr.Groups {
			running += g.Times.Running
		}
		if running < tr.Use.Running {
			t.Fatalf("seed %d: goroutines ran for %v, processors for %v", seed, running, tr.Use.Running)
		}
	}
}

// TestTablesAreBounded: more stacks, groups, sites and edges than tables hold are added to what is there, and counted.
func TestTablesAreBounded(t *testing.T) {
	s := newStacks()
	for i := range maxStacks + 100 {
		s.find([]Frame{{Func: "main.f", Line: i}, {Func: "main.g"}})
	}
	if len(s.known) > maxStacks+2 || s.lost < 100 {
		t.Errorf("%d stacks, %d lost", len(s.known), s.lost)
	}
	a := newAccount()
	for i := range maxGroups + 100 {
		a.group(Frame{Func: "main.f"}, Frame{Func: "main.g", Line: i})
	}
	if len(a.groups) > maxGroups+1 || a.trace.Cut != 100 {
		t.Errorf("%d groups, %d cut", len(a.groups), a.trace.Cut)
	}
}
