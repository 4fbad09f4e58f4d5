package chaos

import (
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// World returns the faults of simulated machines: the network fails, machines crash and stop, clocks differ. They keep the bounds that the world's config
// promises, such as the drift, and nothing else.
func World() []*harness.Fault {
	return []*harness.Fault{Partition, Loss, Duplication, Delay, Crash, Pause, ClockDrift, ClockStep}
}

// An episode is one stretch of a disturbance that comes and goes in virtual time. It begins after a gap and ends after a while, again and again
// until it is healed.
type episode struct {
	world  *sim.World
	decide *harness.Decider
	site   string
	begin  func() (end func())

	cancel func()
	end    func()
}

// episodes starts a disturbance and returns what heals it.
func episodes(w *sim.World, d *harness.Decider, site string, begin func() (end func())) func() {
	e := &episode{world: w, decide: d, site: site, begin: begin}
	e.wait()
	return sync.OnceFunc(e.heal)
}

// wait lets the next stretch begin after a gap.
func (e *episode) wait() { e.cancel = e.world.After(e.span("gap"), e.start) }

func (e *episode) start() {
	e.end = e.begin()
	e.cancel = e.world.After(e.span("length"), e.stop)
}

func (e *episode) stop() {
	e.end()
	e.end = nil
	e.wait()
}

// heal ends the stretch that is on, and those to come.
func (e *episode) heal() {
	e.cancel()
	if e.end != nil {
		e.end()
	}
}

// span draws a length of time: from an eighth of the tempo to sixteen times it, each doubling as likely as the others.
func (e *episode) span(what string) time.Duration { return span(e.world, e.decide, e.site, what) }

func span(w *sim.World, d *harness.Decider, site, what string) time.Duration {
	eighth := w.Config().Tempo / 8 << d.Pick(site, what, 8)
	return eighth + time.Duration(d.Pick(site, what, 1000))*eighth/1000
}

// often draws how likely something is for each message of a run: rarely, now and then, or half of the time.
func often(d *harness.Decider, site string) int {
	return []int{20, 100, 500}[d.Pick(site, "per-mille", 3)]
}
