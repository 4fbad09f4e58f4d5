package chaos

import (
	"sync"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// ClockDrift lets clocks run as fast and as slow as the world's config allows, and changes it now and then. Who measures a span on one clock and relies on it
// on another must allow for both.
var ClockDrift = &harness.Fault{
	Name:  "clock-drift",
	Doc:   "clocks run as fast or slow as the promised drift allows, and change; spans measured on two machines differ",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return episodes(w, d, "clock-drift", func() func() { return drift(w, d) }), nil
	},
}

// drift sets each clock to a bound, or right, and returns what sets it back.
func drift(w *sim.World, d *harness.Decider) func() {
	hosts := w.Hosts()
	before := make([]int, len(hosts))
	d.Fire("clock-drift", "all", 1)
	for i, h := range hosts {
		before[i] = w.Drift(h)
		w.SetDrift(h, w.Config().Drift*(d.Pick("clock-drift", h, 3)-1))
	}
	return sync.OnceFunc(func() {
		for i, h := range hosts {
			w.SetDrift(h, before[i])
		}
	})
}

// ClockStep sets the time of day of a host forward or back, as an operator or a time server does. The monotonic clock is not touched, and is what spans must be
// measured on.
var ClockStep = &harness.Fault{
	Name:  "clock-step",
	Doc:   "the time of day jumps forward and back; whoever measures spans by it is wrong",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return episodes(w, d, "clock-step", func() func() {
			hosts := w.Hosts()
			h := hosts[d.Pick("clock-step", "host", len(hosts))]
			by := span(w, d, "clock-step", "by") * 4
			if d.Pick("clock-step", "back", 2) == 0 {
				by = -by
			}
			d.Fire("clock-step", h, 1)
			w.ShiftWall(h, by)
			return func() { w.ShiftWall(h, -by) }
		}), nil
	},
}
