package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A host is what machines and ports have in common: a name on the network, a clock, randomness.
type host struct {
	world   *World
	name    string
	index   int
	clock   clock
	random  *rand.Rand
	up      bool
	paused  bool
	stash   []*event // what is to happen when the pause ends
	machine *Machine
	port    *Port
}

// add makes a host. Its clock runs at any rate that the drift allows, the bounds among them, and shows anything.
func (w *World) add(name string) *host {
	if w.byName[name] != nil {
		panic(fmt.Sprintf("sim: there are two hosts named %q", name))
	}
	h := &host{world: w, name: name, index: len(w.hosts)}
	own := w.random.Split(choice.Keyed(0, "host", name, 0))
	h.random = rand.New(own)
	h.clock = clock{since: w.now, ppm: w.drift(), base: w.origin(), wall: time.Duration(w.random.Intn(int(w.config.Tempo)))}
	w.hosts, w.byName[name] = append(w.hosts, h), h
	return h
}

// drift draws the rate of a clock: often a bound, because the bounds are where systems break.
func (w *World) drift() int {
	d := w.config.Drift
	switch w.random.Intn(4) {
	case 0:
		return -d
	case 1:
		return d
	}
	return w.random.Intn(2*d+1) - d
}

// origin draws where a clock starts.
func (w *World) origin() time.Duration {
	return time.Second + time.Duration(w.random.Intn(3600))*time.Second
}

// Name returns the name by which others send to the host.
func (h *host) Name() string { return h.name }

// Now returns the reading of the host's own clock. It is monotonic, runs fast or slow within the drift, and starts anywhere at each boot: only
// differences within one boot mean anything.
func (h *host) Now() time.Duration {
	h.world.tick()
	return h.clock.read(h.world.now)
}

// Wall returns the time of day as the host believes it to be. It may jump both ways.
func (h *host) Wall() time.Duration {
	h.world.tick()
	return h.clock.read(h.world.now) + h.clock.wall
}

// Rand returns the host's generator.
func (h *host) Rand() *rand.Rand { return h.random }

// Send puts a copy of a message on the network. It does not block, and nobody says whether the message arrives.
func (h *host) Send(to string, msg any) { h.world.send(h, h.world.host(to), msg) }

// Logf notes something in the log of the run.
func (h *host) Logf(format string, args ...any) { h.world.note(h.name, "", format, args...) }
