package harness

import (
	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// World returns the world of simulated machines that a target with Target.World set is built on. New configures it and adds the machines, Client
// adds a port for each client; faults act on it; the engine lets its time pass. The same seed gives the same world.
func (e *Env) World() *sim.World {
	if e.world == nil {
		e.world = sim.New(choice.New(choice.Keyed(e.seed, "world", "", 0)))
		e.Cleanup(e.world.Close)
	}
	return e.world
}
