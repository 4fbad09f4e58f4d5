package ring

import (
	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
)

// values is what the right and the wrong twins have in common.
type values interface {
	TryPut(int) bool
	TryGet() (int, bool)
	Len() int
}

// declared is the capacity of the declared ring: so small that a program of a few operations fills it and goes around it.
const declared = 2

// Target declares the ring.
func Target() *harness.Target {
	return &harness.Target{
		Name:   "mpmc-ring",
		Row:    "lockfree",
		Doc:    "bounded multi-producer multi-consumer queue in one array, with exact answers of full and empty",
		Source: "D. Vyukov, Bounded MPMC queue, 1024cores.net, 2010",
		New:    func(env *harness.Env) any { return New[int](declared, env.Hook()) },
		Operations: []harness.Operation{
			harness.Op("put", nil, values.TryPut).Weighted(3),
			harness.Op0OK("get", values.TryGet).Weighted(3),
			harness.Op0("len", values.Len).Observing(),
		},
		Model:  properties.BoundedQueue(declared),
		Points: true,
		Sites:  Sites,
		Faults: chaos.All(),
		Bugs:   bugs,
	}
}

// bugs are the wrong twins, each with the engines that must catch it.
var bugs = []harness.Bug{
	{Name: "off-by-one", Kind: "no-progress", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "get frees the slot for the position before the right one: the next lap waits for ever",
		New: func(env *harness.Env) any { return NewOffByOne[int](declared, env.Hook()) }},
	{Name: "lost-claim", CaughtBy: []harness.Engine{harness.Check, harness.Race, harness.Explore},
		Doc: "put claims a position by a load and a store: two producers own one slot",
		New: func(env *harness.Env) any { return NewLostClaim[int](declared, env.Hook()) }},
	{Name: "early-publish", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "put publishes the slot before it writes the value: a consumer takes what was there before",
		New: func(env *harness.Env) any { return NewEarlyPublish[int](declared, env.Hook()) }},
	{Name: "hasty", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "full and empty are answered from one slot alone, while a peer stands between its claim and its publication",
		New: func(env *harness.Env) any { return NewHasty[int](declared, env.Hook()) }},
	{Name: "torn-len", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "len subtracts two positions that were read at different moments",
		New: func(env *harness.Env) any { return NewTornLen[int](declared, env.Hook()) }},
	{Name: "cached-head", Kind: "race", CaughtBy: []harness.Engine{harness.Race, harness.Explore},
		Doc: "producers share the last head that one of them saw in an ordinary variable",
		New: func(env *harness.Env) any { return NewCachedHead[int](declared, env.Hook()) }},
}
