package msqueue

import (
	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
)

// queue is what the right and the wrong twins have in common.
type queue interface {
	Enqueue(int) bool
	Dequeue() (int, bool)
}

// capacity is more than any generated program enqueues: that a node is missing is exact only while nobody dequeues.
const capacity = 256

// Target declares the queue.
func Target() *harness.Target {
	return &harness.Target{
		Name:   "michael-scott",
		Row:    "lockfree",
		Doc:    "lock-free queue on recycled nodes with tagged references",
		Source: "M. M. Michael and M. L. Scott, PODC 1996, figure 1",
		New:    func(env *harness.Env) any { return New[int](capacity, env.Hook()) },
		Operations: []harness.Operation{
			// More gets than puts keep the queue short. A history leaves the order of overlapping puts open until their values come out, so each
			// value that stays inside doubles what the history checker must keep in mind: at equal weights it needed a hundred times as long.
			harness.OpDo("put", nil, func(q queue, v int) { q.Enqueue(v) }),
			harness.Op0OK("get", queue.Dequeue).Weighted(2),
		},
		Model:    properties.Queue(),
		Progress: harness.LockFree,
		Points:   true,
		Sites:    Sites,
		Faults:   chaos.All(),
		Bugs: []harness.Bug{
			{Name: "no-help", Kind: "progress", CaughtBy: []harness.Engine{harness.Chaos},
				Doc: "nobody swings a lagging tail for another: one stalled enqueue stops all",
				New: func(env *harness.Env) any { return NewNoHelp[int](capacity, env.Hook()) }},
			{Name: "no-recheck", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
				Doc: "dequeue says empty by a head that was recycled in the meantime",
				New: func(env *harness.Env) any { return NewNoRecheck[int](capacity, env.Hook()) }},
			{Name: "lost-link", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
				Doc: "enqueue stores the link instead of swapping it: one of two values is gone",
				New: func(env *harness.Env) any { return NewLostLink[int](capacity, env.Hook()) }},
			{Name: "swing-first", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
				Doc: "enqueue moves the tail before it links: dequeue says empty while a value is inside",
				New: func(env *harness.Env) any { return NewSwingFirst[int](capacity, env.Hook()) }},
		},
	}
}
