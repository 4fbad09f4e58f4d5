package harness_test

import (
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/properties"
)

// counter is the smallest target: a number that clients add to, right or with the classic mistake.
type counter struct {
	n    atomic.Int64
	at   *point.Hook
	lost bool
}

func (c *counter) add(d int) {
	if !c.lost {
		c.at.At("add:add")
		c.n.Add(int64(d))
		return
	}
	c.at.At("add:load")
	v := c.n.Load()
	c.at.At("add:store")
	c.n.Store(v + int64(d))
}

func (c *counter) sum() int {
	c.at.At("sum:load")
	return int(c.n.Load())
}

// counterTarget declares it.
func counterTarget() *harness.Target {
	return &harness.Target{
		Name: "counter",
		Doc:  "a number that clients add to",
		New:  func(env *harness.Env) any { return &counter{at: env.Hook()} },
		Operations: []harness.Operation{
			harness.OpDo("add", nil, (*counter).add),
			harness.Op0("sum", (*counter).sum).Observing(),
		},
		Model:    properties.Counter(),
		Points:   true,
		Sites:    []string{"add:add", "sum:load"},
		Progress: harness.WaitFree,
		Faults:   chaos.All(),
		Bugs: []harness.Bug{{
			Name:     "lost-update",
			Doc:      "loads and stores instead of adding: an addition in between is lost",
			New:      func(env *harness.Env) any { return &counter{at: env.Hook(), lost: true} },
			CaughtBy: []harness.Engine{harness.Check, harness.Stress},
			Kind:     "linearizable",
		}},
	}
}
