package chaos_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
	"github.com/concurrency-god-mode/godmode/properties"
	"pgregory.net/rapid"
)

// quiet is a machine that counts what it hears in each life.
type quiet struct{ heard int }

func (q *quiet) Receive(string, any) { q.heard++ }
func (q *quiet) Timer(string)        {}

// watched is a world of three quiet machines and a client, as an observer sees it.
type watched struct {
	world *sim.World
	nodes map[string]*quiet
	port  *sim.Port
	seen  func(*watched)
}

// state says what faults can change and must restore.
func (w *watched) state() string {
	s := ""
	for _, h := range w.world.Hosts() {
		s += fmt.Sprintf("%s up %v, drift %d; ", h, w.world.Up(h), w.world.Drift(h))
	}
	return s + fmt.Sprint("wall ahead by ", w.port.Wall()-w.port.Now())
}

// look is the only operation: it lets time pass, and shows the observer the world.
func (w *watched) look() properties.Tried {
	w.port.Sleep(10 * time.Second)
	w.seen(w)
	return properties.Tried{How: properties.Done}
}

// watchedTarget shows each world to an observer before and after a while.
func watchedTarget(seen func(*watched)) *harness.Target {
	return &harness.Target{
		Name: "watched", Doc: "machines that are looked at", World: true,
		New: func(env *harness.Env) any {
			w := &watched{world: env.World(), nodes: map[string]*quiet{}, seen: seen}
			for i := range 3 {
				name := fmt.Sprint("n", i)
				w.world.Machine(name, func(*sim.Machine) sim.Handler {
					w.nodes[name] = &quiet{}
					return w.nodes[name]
				})
			}
			return w
		},
		Client: func(env *harness.Env, system any, id int) any {
			w := system.(*watched)
			w.port = env.World().Port(fmt.Sprint("c", id))
			return w
		},
		Quota:      1,
		Operations: []harness.Operation{harness.Op("read", rapid.Just(0), func(w *watched, _ int) properties.Tried { return w.look() }).Observing()},
		Properties: []harness.Property{{Name: "none", Doc: "nothing is asked", Check: func(*harness.Run) harness.Verdict { return harness.HeldVerdict() }}},
		Skip:       map[harness.Engine]string{harness.Race: "simulated"},
	}
}

// TestWorldIsHealed injects each fault by hand in the middle of a run, lets it rage, heals it, and looks whether the world is as before and every
// message arrives.
func TestWorldIsHealed(t *testing.T) {
	for _, f := range chaos.World() {
		for seed := range uint64(20) {
			if testing.Short() && seed > 4 {
				break
			}
			t.Run(fmt.Sprint(f.Name, seed), func(t *testing.T) { healed(t, f, seed) })
		}
	}
}

func healed(t *testing.T, f *harness.Fault, seed uint64) {
	var env *harness.Env
	target := watchedTarget(func(w *watched) { rage(t, f, env, w, seed) })
	build := target.New
	target.New = func(e *harness.Env) any { env = e; return build(e) }
	drive(t, target, seed)
}

// drive makes one run of one operation.
func drive(t *testing.T, target *harness.Target, seed uint64) {
	r, err := harness.Drive(t.Context(), target, harness.Stress, harness.Config{Seed: seed, Iterations: 1, Ops: 1, Goroutines: 1})
	if err != nil || len(r.Failures) > 0 {
		t.Fatalf("%v %+v", err, r)
	}
}

// rage is the observer.
func rage(t *testing.T, f *harness.Fault, env *harness.Env, w *watched, seed uint64) {
	before := w.state()
	d := harness.NewDecider(seed)
	heal, err := f.Inject(env, d)
	if err != nil {
		t.Fatal(err)
	}
	w.port.Sleep(7 * time.Second)
	heal()
	w.port.Sleep(time.Second) // machines boot
	heal()
	if len(d.Fired()) == 0 {
		t.Error("nothing happened in 70 tempos")
	}
	if after := w.state(); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	for name := range w.nodes {
		heard := w.nodes[name].heard
		for range 20 {
			w.port.Send(name, 1)
		}
		w.port.Sleep(time.Second)
		if n := w.nodes[name].heard - heard; n != 20 {
			t.Errorf("%s heard %d messages of 20 after the heal", name, n)
		}
	}
}
