package lease

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
	"github.com/concurrency-god-mode/godmode/properties"
	"pgregory.net/rapid"
)

// A System is the service with its resource and its clients, and what an observer outside of the world has seen of them.
type System struct {
	world   *sim.World
	rules   rules
	nodes   []string
	clients []*Client

	acquired []properties.Acquisition
	accepted []uint64 // tokens, by the resource
	holding  []properties.Holder
}

const resourceName = "store"

// newSystem builds three nodes and a resource that follow the rules.
func newSystem(env *harness.Env, r rules) *System {
	s := &System{world: env.World(), rules: r, nodes: []string{"n1", "n2", "n3"}}
	s.world.Configure(sim.Config{Drift: drift, Tempo: term / 4})
	for _, n := range s.nodes {
		s.world.Machine(n, func(m *sim.Machine) sim.Handler { return bootNode(m, r) })
	}
	s.world.Machine(resourceName, func(m *sim.Machine) sim.Handler { return bootResource(m, s) })
	return s
}

// client adds a client.
func (s *System) client(id int) *Client {
	c := &Client{Port: s.world.Port(fmt.Sprint("c", id)), system: s, rules: s.rules}
	s.clients = append(s.clients, c)
	return c
}

// holders returns who believes to hold the lock now. The list is valid until the next call: it is asked for after every step.
func (s *System) holders() []properties.Holder {
	s.holding = s.holding[:0]
	for _, c := range s.clients {
		for _, l := range c.leases {
			if c.held(l) {
				s.holding = append(s.holding, properties.Holder{Client: c.Name(), Token: l.token})
			}
		}
	}
	return s.holding
}

// with returns a constructor of a system in which some rules are wrong.
func with(change func(*rules)) func(*harness.Env) any {
	return func(env *harness.Env) any {
		r := sound()
		change(&r)
		return newSystem(env, r)
	}
}

// Target declares the service.
func Target() *harness.Target {
	return &harness.Target{
		Name:   "lease-lock",
		Row:    "distributed",
		Doc:    "lock service of three nodes that grants leases with fencing tokens by majority",
		Source: "C. Gray and D. Cheriton, Leases, SOSP 1989, section 2; M. Kleppmann, Designing Data-Intensive Applications, 2017, chapter 8",
		World:  true,
		New:    with(func(*rules) {}),
		Client: func(_ *harness.Env, system any, id int) any { return system.(*System).client(id) },
		Operations: []harness.Operation{
			harness.Op("bump", rapid.IntRange(0, 3), (*Client).Bump).Weighted(3),
			harness.Op0("read", (*Client).Read).Observing(),
			harness.Op0("abandon", (*Client).Abandon),
		},
		Model: properties.GuardedNumber(),
		Invariants: []harness.Invariant{
			properties.OneHolder(func(s any) []properties.Holder { return s.(*System).holders() }),
			properties.Fenced(func(s any) []uint64 { return s.(*System).accepted }),
		},
		Properties: []harness.Property{*properties.TokensRise(func(s any) []properties.Acquisition { return s.(*System).acquired })},
		Faults:     chaos.World(),
		Bugs:       bugs(),
		Skip:       map[harness.Engine]string{harness.Race: "its machines are simulated in one goroutine, which races with nobody"},
	}
}

// never is longer than any run.
const never = 1000 * time.Hour
