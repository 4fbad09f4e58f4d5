package model_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// lostUpdate is the example of the package comment.
func lostUpdate(t *T) {
	x := t.NewInt(0)
	inc := func(t *T) { v := x.Load(t); x.Store(t, v+1) }
	a, b := t.Go("a", inc), t.Go("b", inc)
	t.Join(a)
	t.Join(b)
	t.Assert(x.Load(t) == 2, "lost update")
}

// mixed uses most of what there is, with a deadlock, a failed assertion or a panic in some schedules.
func mixed(t *T) {
	m, n, x, c := t.NewMutex(), t.NewMutex(), t.NewInt(0), NewChan[int](t, 1)
	w := t.NewWaitGroup()
	w.Add(t, 3)
	t.Go("a", func(t *T) {
		defer w.Done(t)
		m.Lock(t)
		defer m.Unlock(t)
		n.Lock(t)
		x.Add(t, 1)
		n.Unlock(t)
	})
	t.Go("b", func(t *T) {
		defer w.Done(t)
		n.Lock(t)
		if x.Load(t) == 0 {
			m.Lock(t)
			m.Unlock(t)
		}
		n.Unlock(t)
		Select(t, c.SendCase(t.Intn(3)), Default())
	})
	t.Go("c", func(t *T) {
		defer w.Done(t)
		lostUpdate(t)
		if x.CompareAndSwap(t, 1, 5) {
			panic(fmt.Sprint("five after ", c.Len(t)))
		}
	})
	w.Wait(t)
}

func TestLostUpdate(t *testing.T) {
	s, _ := sched.New("rw")
	sum := engine(t, 0).Explore(lostUpdate, s, 1, 1000)
	r := sum.Result
	if sum.First == 0 || sum.Failed != 1 || r.Failure != Assertion || r.Message != "lost update" || r.Thread != "main" || r.Outcome != sched.Failed {
		t.Fatalf("not found as it is: %+v", sum)
	}
	if again := engine(t, 0).Run(lostUpdate, sched.NewRW(), sum.FirstSeed); again.Message != r.Message || again.Steps != r.Steps {
		t.Errorf("the seed does not repeat it: %+v", again)
	}
}

// TestDeterminism: equal histories of an engine and a strategy give equal executions, whatever the engine did before.
func TestDeterminism(t *testing.T) {
	for _, name := range random {
		fresh, used := engine(t, 300), engine(t, 300)
		other, _ := sched.New(name)
		used.ExploreAll(mixed, other, 99, 50)
		s, _ := sched.New(name)
		r, _ := sched.New(name)
		fresh.Record(true)
		used.Record(true)
		for i := range 200 {
			a, b := fresh.Run(mixed, s, Seed(7, i)), used.Run(mixed, r, Seed(7, i))
			if !slices.Equal(a.Trace, b.Trace) || !slices.Equal(a.Switches, b.Switches) || a.Message != b.Message {
				t.Fatalf("%s: schedule %d is not the same twice", name, i)
			}
		}
	}
}

// TestReplay: the switches of an execution make it again.
func TestReplay(t *testing.T) {
	e, replayer := engine(t, 300), engine(t, 300)
	e.Record(true)
	replayer.Record(true)
	s := sched.NewPortfolio()
	failures := map[Failure]int{}
	for i := range 500 {
		a := e.Run(mixed, s, Seed(3, i))
		replay := sched.NewReplay(a.Switches)
		b := replayer.Run(mixed, replay, Seed(3, i))
		if !slices.Equal(a.Trace, b.Trace) || a.Failure != b.Failure || a.Message != b.Message || len(replay.Diverged()) > 0 {
			t.Fatalf("schedule %d differs when it is replayed: %v %q and %v %q", i, a.Failure, a.Message, b.Failure, b.Message)
		}
		failures[a.Failure]++
	}
	for f := NoFailure; f <= Panic; f++ {
		if failures[f] == 0 {
			t.Errorf("500 schedules without %v prove little", f)
		}
	}
}

// TestUnwinding: whatever way an execution ends, its threads are unwound, their defers run, and Close leaves no goroutine behind.
func TestUnwinding(t *testing.T) {
	before := runtime.NumGoroutine()
	e := New(Limits{Steps: 100})
	live := 0
	spin := func(t *T) {
		live++
		defer func() { live-- }()
		x := t.NewInt(0)
		defer x.Load(t) // an operation while it is unwound
		for x.Load(t) == 0 {
			t.Yield()
		}
	}
	for _, end := range []func(t *T){
		func(t *T) { t.Fail("on purpose") },
		func(t *T) { panic("on purpose") },
		func(t *T) { var c *Chan[int]; c.Receive(t) },
		func(t *T) { t.Go("child", func(t *T) { t.Fail("at once") }) },
		func(t *T) { t.Go("child", func(t *T) { t.Yield(); t.Fail("later") }) },
	} {
		r := e.Run(func(t *T) {
			t.Go("a", spin)
			t.Go("b", func(t *T) { t.Go("c", spin); spin(t) })
			end(t)
		}, sched.NewRW(), 1)
		if r.Outcome != sched.Failed && r.Outcome != sched.CutOff || live != 0 {
			t.Errorf("%+v, and %d threads are left", r, live)
		}
	}
	if r := e.Run(lostUpdate, sched.NewReplay(nil), 0); r.Outcome != sched.Passed {
		t.Errorf("afterwards: %+v", r)
	}
	e.Close()
	if n := runtime.NumGoroutine(); n != before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// TestCutOff: a program that never ends is cut off, also when there is nothing to decide.
func TestCutOff(t *testing.T) {
	e := engine(t, 50)
	for name, p := range map[string]Program{
		"spin":          func(t *T) { t.Go("other", func(t *T) {}); spin(t) },
		"spin together": func(t *T) { t.Go("other", spin); spin(t) },
		"start and join": func(t *T) {
			for {
				t.Join(t.Go("child", func(*T) {}))
			}
		},
	} {
		if r := e.Run(p, sched.NewRW(), 1); r.Outcome != sched.CutOff || r.Operations != 50 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func spin(t *T) {
	for {
		t.Yield()
	}
}

func TestManyThreads(t *testing.T) {
	e := engine(t, 0)
	p := func(t *T) {
		var all []*Thread
		x := t.NewInt(0)
		for i := range 200 {
			all = append(all, t.Go("", func(t *T) { x.Add(t, int64(t.ID())-int64(i)) }))
		}
		for _, h := range all {
			t.Join(h)
		}
		t.Assert(x.Value() == 200, "threads are numbered from 1")
	}
	for _, name := range random {
		s, _ := sched.New(name)
		if sum := e.Explore(p, s, 1, 5); sum.Failed > 0 || sum.Schedules != 5 || sum.Operations != 5*(200*4+1) {
			t.Errorf("%s: %+v", name, sum)
		}
	}
}

// TestKeys: threads and objects that a program makes have the same keys in every schedule.
func TestKeys(t *testing.T) {
	e, k := engine(t, 0), &keys{Strategy: sched.NewRW()}
	for i := range 50 {
		e.Run(func(t *T) {
			a := t.NewInt(0)
			both(t, func(t *T) { a.Add(t, 1); NewRef(t, "").Load(t) }, func(t *T) { b := t.NewMutex(); a.Load(t); b.Lock(t) })
		}, k, uint64(i))
	}
	// Three threads have an object each, and there are three more.
	if len(k.threads) != 3 || len(k.objects) != 6 {
		t.Errorf("%d threads and %d objects in all", len(k.threads), len(k.objects))
	}
}

type keys struct {
	sched.Strategy
	threads, objects map[uint64]bool
}

func (k *keys) End(x *sched.Exec, o sched.Outcome) {
	if k.threads == nil {
		k.threads, k.objects = map[uint64]bool{}, map[uint64]bool{}
	}
	for _, t := range x.Threads {
		k.threads[t.Key] = true
	}
	for _, o := range x.Objects {
		k.objects[o.Key] = true
	}
	k.Strategy.End(x, o)
}

func TestWrongThread(t *testing.T) {
	r := engine(t, 0).Run(func(t *T) {
		x := t.NewInt(0)
		t.Join(t.Go("child", func(*T) { x.Load(t) }))
	}, sched.NewRW(), 1)
	if r.Failure != Panic || !strings.Contains(r.Message, "a thread that is not running") {
		t.Errorf("%+v", r)
	}
}

// TestWrongStrategy: what a strategy does wrong is not taken for a failure of the program.
func TestWrongStrategy(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a pick that is not enabled went unnoticed")
		}
	}()
	engine(t, 0).Run(lostUpdate, wrong{sched.NewRW()}, 1)
}

type wrong struct{ sched.Strategy }

func (wrong) Pick(*sched.Exec) int32 { return 0 } // main, which waits for the others

// TestExit: runtime.Goexit, as testing.T.FailNow calls it, ends the goroutine that runs the engine.
func TestExit(t *testing.T) {
	done := make(chan bool)
	go func() {
		finished := false
		defer func() { done <- finished }()
		e := New(Limits{})
		defer e.Close()
		e.Run(func(t *T) {
			t.Go("other", func(t *T) { t.Yield() })
			t.Join(t.Go("exits", func(t *T) { t.Yield(); runtime.Goexit() }))
		}, sched.NewRW(), 1)
		finished = true
	}()
	if <-done {
		t.Error("Run returned")
	}
}

// TestAllocations: a step allocates nothing. The queues of a channel are allocated when somebody parks there first, which not every schedule does.
func TestAllocations(t *testing.T) {
	for _, name := range random {
		s, _ := sched.New(name)
		perRun := func(p Program) float64 {
			e, i := engine(t, 0), 0
			run := func() { e.Run(p, s, Seed(1, i)); i++ }
			for range 30 {
				run()
			}
			return testing.AllocsPerRun(10, run)
		}
		if few, many := perRun(busy(2)), perRun(busy(40)); many > few+6 {
			t.Errorf("%s: %v allocations in 40 rounds, %v in 2", name, many, few)
		}
	}
}

// busy does a bit of everything, n times.
func busy(n int) Program {
	return func(t *T) {
		x, m, r, s, c, d := t.NewInt(0), t.NewMutex(), t.NewRWMutex(), t.NewSemaphore(1), NewChan[int](t, 1), NewChan[int](t, 0)
		work := func(t *T) {
			for i := range n {
				x.Add(t, 1)
				m.Lock(t)
				m.Unlock(t)
				r.RLock(t)
				r.RUnlock(t)
				r.Lock(t)
				r.Unlock(t)
				s.Acquire(t)
				s.Release(t)
				if t.Name() == "a" {
					c.Send(t, i)
					d.Receive(t)
				} else {
					c.Receive(t)
					d.Send(t, i)
				}
			}
		}
		both(t, work, work)
	}
}
