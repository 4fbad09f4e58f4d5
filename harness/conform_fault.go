package harness

import (
	"context"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"go.uber.org/goleak"
)

// TestFault is the test that every fault must pass, on a correct target that it applies to:
//
//   - it is declared: a name, a sentence, and needs that the target meets;
//   - it disturbs: over a few dozen runs it fires at least once, because a fault that never does makes every green run worthless;
//   - it heals: afterwards the settings of the process and its goroutines are as before, and healing again, from another goroutine, is harmless;
//   - it decides by its seed: the same seed and the same run fire the same decisions;
//   - it only disturbs: the correct target is not accused, and goes on in the runs between, which are not disturbed.
//
// It looks at settings and goroutines of the whole process, so no other test may run at the same time.
func TestFault(t *testing.T, fault *Fault, target *Target) {
	t.Helper()
	twin := *target
	twin.Faults = []*Fault{fault}
	if err := twin.Validate(); err != nil {
		t.Fatal(err)
	}
	f := faultTest{fault, &twin}
	t.Run("disturbs", f.disturbs)
	t.Run("heals", f.heals)
	t.Run("decides", f.decides)
	t.Run("spares", f.spares)
}

// faultTest is one fault under test and a target to disturb.
type faultTest struct {
	fault  *Fault
	target *Target
}

// seeds returns how many seeds are tried. A fault that waits for a rare moment need not fire under each. A run of simulated machines is slow.
func (f faultTest) seeds() uint64 {
	switch {
	case f.target.World:
		return 8
	case testing.Short():
		return 12
	}
	return 48
}

// faultOps is the number of operations of each client.
const faultOps = 12

// disturbs asks that the fault fires, and that every run ends well all the same.
func (f faultTest) disturbs(t *testing.T) {
	fired := 0
	for seed := range f.seeds() {
		if len(f.run(t, seed, 4)) > 0 {
			fired++
		}
	}
	if fired == 0 {
		t.Fatalf("the fault was injected %d times and never fired: record what it does with Decider.Fire, and let it happen", f.seeds())
	}
	t.Logf("fired in %d of %d runs", fired, f.seeds())
}

// run executes a program of some clients with the fault injected, and returns the decisions that fired.
func (f faultTest) run(t *testing.T, seed uint64, clients int) []Fired {
	t.Helper()
	if f.target.World {
		clients = 2 // its runs are deterministic whatever their number, and slow
	}
	p := newMill(f.target, f.target.clamp(clients), seed).program(choice.New(seed), faultOps)
	v, fired, err := f.execute(p, seed)
	if err != nil {
		t.Fatalf("seed %#x: %v", seed, err)
	}
	if v.Status == Violated {
		t.Fatalf("seed %#x: the target is accused, or the fault was not healed: %s: %s\n%s", seed, v.Kind, v.Message, v.Evidence)
	}
	return fired
}

// execute runs a program on real goroutines or on simulated machines, as the target has it.
func (f faultTest) execute(p Program, seed uint64) (Verdict, []Fired, error) {
	cfg := Config{Seed: seed}.with(p.Clients(), faultOps)
	faults := []*Fault{f.fault}
	if f.target.World {
		r, err := runWorld(f.target, p, seed, faults, false, cfg.Configs)
		return r.verdict, r.fired(), err
	}
	r := newRepeater(f.target, cfg, faults)
	defer r.close()
	v, x, err := r.run(context.Background(), p, seed)
	if err != nil {
		return v, nil, err
	}
	return v, x.fired, nil
}

// heals asks that nothing of the fault is left once it is healed, as often as that happens.
func (f faultTest) heals(t *testing.T) {
	before, goroutines := processSettings(), goleak.IgnoreCurrent()
	for seed := range uint64(4) {
		env := newEnv(seed, f.target, func(string) {})
		f.target.New(env)
		var heal func()
		promptly(t, "Inject", func() {
			var err error
			if heal, err = f.fault.Inject(env, NewDecider(seed)); err != nil {
				t.Errorf("seed %#x: %v", seed, err)
			}
		})
		if heal == nil {
			t.Fatalf("seed %#x: Inject returned no function that heals", seed)
		}
		promptly(t, "heal", heal)
		promptly(t, "heal, the second time,", heal)
		env.end()
		env.clean()
	}
	if after := processSettings(); !slices.Equal(before, after) {
		t.Errorf("the process is not as before: %v are %v, and were %v", processMetrics, after, before)
	}
	if err := goleak.Find(goroutines); err != nil {
		t.Errorf("goroutines of the fault are left: %v", err)
	}
}

// decides asks that the decisions are a function of the seed where the run is one: with a single client.
func (f faultTest) decides(t *testing.T) {
	for seed := range max(f.seeds()/4, 2) {
		if a, b := f.run(t, seed, 1), f.run(t, seed, 1); !slices.Equal(a, b) {
			t.Fatalf("seed %#x decides %v, and then %v: take every decision from the Decider", seed, a, b)
		}
	}
}

// spares asks that the engine, which disturbs every second run of an object, accuses the correct target of nothing.
func (f faultTest) spares(t *testing.T) {
	cfg := Config{Seed: 1, Iterations: int(f.seeds()), For: time.Minute, Ops: faultOps}
	if f.target.World {
		cfg.Goroutines = 2
	} else {
		cfg.Iterations *= 2
	}
	r, err := Drive(context.Background(), f.target, Chaos, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Failures {
		t.Errorf("the target is accused: %s\n%s%s", x.Title(), x.Program, x.Evidence)
	}
	if r.Status == Inconclusive {
		t.Errorf("inconclusive: %s", r.Reason)
	}
}

// processMetrics are the settings that faults may change, by their names in runtime/metrics.
var processMetrics = []string{"/sched/gomaxprocs:threads", "/gc/gogc:percent", "/gc/gomemlimit:bytes"}

// processSettings reads them.
func processSettings() []uint64 {
	samples := make([]metrics.Sample, len(processMetrics))
	for i, name := range processMetrics {
		samples[i].Name = name
	}
	metrics.Read(samples)
	values := make([]uint64, len(samples))
	for i, s := range samples {
		values[i] = s.Value.Uint64()
	}
	return values
}

// promptly calls f on a goroutine of its own, which must come back.
func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s does not return", what)
	}
}
