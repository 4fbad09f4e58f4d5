package treiber

import (
	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
)

// stack is what the right and the wrong twins have in common.
type stack interface {
	Push(int) bool
	Pop() (int, bool)
}

// capacity is more than any generated program pushes: a push that fails for want of a node is exact only while nobody pops.
const capacity = 256

// Target declares the stack.
func Target() *harness.Target {
	return &harness.Target{
		Name:   "treiber-stack",
		Row:    "lockfree",
		Doc:    "lock-free stack on recycled nodes with tagged references",
		Source: "R. K. Treiber, Systems Programming: Coping with Parallelism, IBM RJ 5118, 1986",
		New:    func(env *harness.Env) any { return New[int](capacity, env.Hook()) },
		Operations: []harness.Operation{
			harness.OpDo("push", nil, func(s stack, v int) { s.Push(v) }),
			harness.Op0OK("pop", stack.Pop),
		},
		Model:    properties.Stack(),
		Progress: harness.LockFree,
		Points:   true,
		Sites:    Sites,
		Faults:   chaos.All(),
		Bugs: []harness.Bug{
			{Name: "aba", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
				Doc: "the head carries no tag: a recycled node makes a stale swap succeed",
				New: func(env *harness.Env) any { return NewUntagged[int](capacity, env.Hook()) }},
			{Name: "lost-push", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
				Doc: "push stores the head instead of swapping it: a change in between is undone",
				New: func(env *harness.Env) any { return NewLostPush[int](capacity, env.Hook()) }},
			{Name: "stale-next", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
				Doc: "pop does not read the successor again when it retries",
				New: func(env *harness.Env) any { return NewStaleNext[int](capacity, env.Hook()) }},
			{Name: "early-free", CaughtBy: []harness.Engine{harness.Check, harness.Race, harness.Explore},
				Doc: "pop frees the node before it reads the value: the value may be another's by then",
				New: func(env *harness.Env) any { return NewEarlyFree[int](capacity, env.Hook()) }},
		},
	}
}
