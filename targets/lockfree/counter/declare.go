package counter

import (
	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
	"pgregory.net/rapid"
)

// striped is what the right and the wrong twins have in common.
type striped interface {
	AddTo(stripe int, d uint64)
	Sum() uint64
	Exact() uint64
}

// client is one goroutine's handle: it adds to the stripe of its own number. The stripe is not left to Add because a stack's address changes from run
// to run, and check replays runs.
type client struct {
	striped
	id int
}

func (c client) add(d int)  { c.AddTo(c.id, uint64(d)) }
func (c client) sum() int   { return int(c.Sum()) }
func (c client) exact() int { return int(c.Exact()) }

// declared is the number of stripes of the declared counter: fewer than clients, so that some meet at a stripe.
const declared = 2

// Target declares the counter: exact answers are judged by linearizability, sums by the weaker promise that they make.
func Target() *harness.Target {
	return &harness.Target{
		Name:   "striped-counter",
		Row:    "lockfree",
		Doc:    "counter in several padded words, with a cheap sum that is bounded and a dearer one that is exact",
		Source: "P. E. McKenney, Is Parallel Programming Hard, chapter 5; Y. Afek and others, JACM 40(4), 1993, section 3 (double collect)",
		New:    func(env *harness.Env) any { return New(declared, env.Hook()) },
		Client: func(_ *harness.Env, system any, id int) any { return client{system.(striped), id} },
		Operations: []harness.Operation{
			harness.OpDo("add", rapid.IntRange(1, 9), client.add).Weighted(2),
			harness.Op0("sum", client.sum).Observing(),
			harness.Op0("exact", client.exact).Observing(),
		},
		Model:      properties.LooseCounter(),
		Properties: []harness.Property{properties.SumInterval, properties.SumMonotone},
		Progress:   harness.LockFree,
		Points:     true,
		Sites:      Sites,
		Faults:     chaos.All(),
		Bugs:       bugs,
	}
}

// bugs are the wrong twins, each with the engines that must catch it.
var bugs = []harness.Bug{
	{Name: "lost-update", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "add loads and stores: of two additions to one stripe, one is lost",
		New: func(env *harness.Env) any { return NewLostUpdate(declared, env.Hook()) }},
	{Name: "missed-stripe", Kind: "sum-interval", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "sum leaves out the last stripe",
		New: func(env *harness.Env) any { return NewMissedStripe(declared, env.Hook()) }},
	{Name: "one-collect", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "exact reads the stripes once: the total may never have been what it says",
		New: func(env *harness.Env) any { return NewOneCollect(declared, env.Hook()) }},
	{Name: "growing", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "growing copies what the stripes hold: an addition to the old array is lost",
		New: func(env *harness.Env) any { return NewGrowing(declared, env.Hook()) }},
	{Name: "lazy", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "a stripe is made on first use by check, then store: two are made, and one is dropped with what it holds",
		New: func(env *harness.Env) any { return NewLazy(declared, env.Hook()) }},
	{Name: "plain-read", Kind: "race", CaughtBy: []harness.Engine{harness.Race, harness.Explore},
		Doc: "sum reads plainly what add changes atomically",
		New: func(env *harness.Env) any { return NewPlainRead(declared, env.Hook()) }},
}
