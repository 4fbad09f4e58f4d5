package chaos

import (
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// Crash ends machines at any moment and starts them again after a while, one or several at once. Memory and timers are gone, of the writes that were not
// synced any. Half of the crashes strike in a sync, after what the same step has sent: it shows who answers before the answer is durable.
var Crash = &harness.Fault{
	Name:  "crash",
	Doc:   "machines lose their memory and what they had not synced, and boot again; what they promised must still bind them",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return episodes(w, d, "crash", func() func() { return crash(w, d) }), nil
	},
}

// crash ends some machines, at least one, and returns what starts them again.
func crash(w *sim.World, d *harness.Decider) func() {
	var down []string
	machines := w.Machines()
	first := d.Pick("crash", "first", len(machines))
	for i, m := range machines {
		if i != first && d.Pick("crash", "too "+m, 4) > 0 {
			continue
		}
		down = append(down, m)
		if d.Pick("crash", "in-sync "+m, 2) == 0 {
			d.Fire("crash-at-sync", m, 1)
			w.CrashAtSync(m)
			continue
		}
		d.Fire("crash", m, 1)
		w.Crash(m)
	}
	return func() {
		for _, m := range down {
			w.Restart(m)
		}
	}
}

// Pause stops hosts for a while without telling them, machines and clients alike, as a garbage collection, a busy host or a closed laptop does. What a
// host believed before the pause it believes after it, unless it looks at its clock.
var Pause = &harness.Fault{
	Name:  "pause",
	Doc:   "machines and clients stop for a while and do not notice; what they believed before may no longer be true when they act on it",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return episodes(w, d, "pause", func() func() {
			hosts := w.Hosts()
			h := hosts[d.Pick("pause", "host", len(hosts))]
			d.Fire("pause", h, 1)
			w.Pause(h)
			return func() { w.Resume(h) }
		}), nil
	},
}
