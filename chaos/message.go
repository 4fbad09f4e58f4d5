package chaos

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// Loss loses messages. Whoever waits for an answer must ask again, and who is asked again must not do the work twice.
var Loss = &harness.Fault{
	Name:  "loss",
	Doc:   "each message may be lost; who waits for an answer must ask again",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		return messages(env, d, "loss", func(p *sim.Packet) { p.Drop = true }), nil
	},
}

// Duplication sends messages more than once, the copies at moments of their own. Whoever is told twice must do it once.
var Duplication = &harness.Fault{
	Name:  "duplication",
	Doc:   "each message may arrive more than once, the copies much later too; being told twice must do nothing twice",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		return messages(env, d, "duplication", func(p *sim.Packet) { p.Copies += 1 + d.Pick("duplication", "copies", 2) }), nil
	},
}

// Delay holds messages back for as long as the system's usual timeouts and longer, so that they arrive when nobody expects them any more.
var Delay = &harness.Fault{
	Name:  "delay",
	Doc:   "each message may be held back past the usual timeouts; what arrives late must not count as fresh",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return messages(env, d, "delay", func(p *sim.Packet) { p.Delay += span(w, d, "delay", p.From+">"+p.To) }), nil
	},
}

// messages does something to some of the messages. How likely it is for each is drawn once a run.
func messages(env *harness.Env, d *harness.Decider, site string, do func(*sim.Packet)) func() {
	w := env.World()
	rate := often(d, site)
	d.Fire(site, fmt.Sprintf("%d-per-mille", rate), 1)
	w.Note("network", "fault", "%s of %d messages in a thousand", site, rate)
	return w.Filter(func(p *sim.Packet) {
		if d.Pick(site, p.From+">"+p.To, 1000) < rate {
			do(p)
		}
	})
}
