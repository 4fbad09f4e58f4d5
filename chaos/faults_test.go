package chaos_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/targets/distributed/lease"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAll(t *testing.T) {
	repeat.Once(t)
	for _, f := range chaos.All() {
		t.Run(f.Name, func(t *testing.T) { harness.TestFault(t, f, counterTarget(harness.LockFree, newAtomic)) })
	}
}

// TestWorld: the faults of simulated machines, on three nodes that lend a lock.
func TestWorld(t *testing.T) {
	repeat.Once(t)
	for _, f := range chaos.World() {
		t.Run(f.Name, func(t *testing.T) { harness.TestFault(t, f, lease.Target()) })
	}
}

// inject starts a fault that needs nothing of its target.
func inject(t *testing.T, f *harness.Fault, seed uint64) (heal func()) {
	t.Helper()
	heal, err := f.Inject(nil, harness.NewDecider(seed))
	if err != nil {
		t.Fatal(err)
	}
	return heal
}

// eventually yields until the condition holds. The deadline is for a test that would else run for ever.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for !holds() {
		if ctx.Err() != nil {
			t.Fatal("never: ", what)
		}
		runtime.Gosched()
	}
}

// TestSchedulerChangesProcessors: their number changes at injection and goes on to change, and is what it was after the heal.
func TestSchedulerChangesProcessors(t *testing.T) {
	usual := runtime.GOMAXPROCS(0)
	heal := inject(t, chaos.Scheduler, 1)
	first := runtime.GOMAXPROCS(0)
	eventually(t, "another number of processors", func() bool { return runtime.GOMAXPROCS(0) != first })
	if first < 1 || first > 2*usual {
		t.Errorf("GOMAXPROCS is %d: want 1 to %d", first, 2*usual)
	}
	heal()
	if n := runtime.GOMAXPROCS(0); n != usual {
		t.Errorf("GOMAXPROCS is %d after the heal, and was %d", n, usual)
	}
}

// TestSchedulerTwice: two runs at once may both be disturbed, and end in either order.
func TestSchedulerTwice(t *testing.T) {
	usual := runtime.GOMAXPROCS(0)
	for seed := range uint64(8) {
		first, second := inject(t, chaos.Scheduler, seed), inject(t, chaos.Scheduler, seed+100)
		if seed%2 == 0 {
			first, second = second, first
		}
		first()
		first() // gives nothing back twice
		second()
		if n := runtime.GOMAXPROCS(0); n != usual {
			t.Fatalf("seed %d: GOMAXPROCS is %d after both heals, and was %d", seed, n, usual)
		}
	}
}

// TestMemoryCollects: collections happen although the garbage of this process asks for none.
func TestMemoryCollects(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	collections := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumGC
	}
	before := collections()
	heal := inject(t, chaos.Memory, 1)
	eventually(t, "three collections", func() bool { return collections() >= before+3 })
	heal()
}

// probe runs f with the environment of a target and the decider of a seed.
func probe(t *testing.T, target *harness.Target, f func(*harness.Env, *harness.Decider)) {
	t.Helper()
	fault := &harness.Fault{Name: "probe", Doc: "disturbs nothing", Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		f(env, d)
		return func() {}, nil
	}}
	_, err := harness.Drive(context.Background(), target, harness.Chaos, harness.Config{Seed: 1, Iterations: 1, Faults: []*harness.Fault{fault}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStallHolds: a goroutine that passes the point often enough stops there, and nobody else; it goes on when the fault is healed, and nobody stops
// afterwards.
func TestStallHolds(t *testing.T) {
	target := counterTarget(harness.LockFree, newAtomic)
	probe(t, target, func(env *harness.Env, d *harness.Decider) {
		heal, err := chaos.Stall.Inject(env, d)
		if err != nil {
			t.Fatal(err)
		}
		pass := func() {
			for range 100 {
				for _, site := range target.Sites {
					env.Hook().At(site)
				}
			}
		}
		if len(d.Fired()) > 0 {
			t.Error("the stall is said to have fired before anybody came to its point")
		}
		done := make(chan struct{})
		go func() { defer close(done); pass() }()
		eventually(t, "the stall fires", func() bool { return len(d.Fired()) == 1 })
		pass() // by another goroutine, which is not stalled
		select {
		case <-done:
			t.Error("the stalled goroutine went on before it was healed")
		default:
		}
		heal()
		heal()
		<-done
		pass()
		if n := len(d.Fired()); n != 1 {
			t.Errorf("%d goroutines were stalled", n)
		}
	})
}

// TestStallNeedsSites: a target that names no point cannot be stalled, and is told so.
func TestStallNeedsSites(t *testing.T) {
	target := counterTarget(harness.Blocking, newAtomic)
	target.Points, target.Sites, target.Faults = false, nil, nil
	if chaos.Stall.Applies(target) {
		t.Error("the stall is said to apply")
	}
	probe(t, target, func(env *harness.Env, d *harness.Decider) {
		if _, err := chaos.Stall.Inject(env, d); err == nil {
			t.Error("there is nowhere to stall, and no error")
		}
	})
}
