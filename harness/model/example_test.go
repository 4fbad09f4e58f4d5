package model_test

import (
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// Two threads add one to a counter by a read and a write. The switches of the schedule that fails make it fail again.
func Example() {
	lostUpdate := func(t *model.T) {
		x := t.NewInt(0)
		inc := func(t *model.T) { v := x.Load(t); x.Store(t, v+1) }
		a, b := t.Go("a", inc), t.Go("b", inc)
		t.Join(a)
		t.Join(b)
		t.Assert(x.Load(t) == 2, "lost update")
	}
	e := model.New(model.Limits{})
	defer e.Close()
	e.Record(true)
	found := e.Explore(lostUpdate, sched.NewPortfolio(), 1, 1000)
	fmt.Println(found.Result.Failure, found.Result.Message)

	replay := sched.NewReplay(slices.Clone(found.Result.Switches))
	fmt.Println(e.Run(lostUpdate, replay, found.FirstSeed).Message)
	// Output:
	// assertion lost update
	// lost update
}
