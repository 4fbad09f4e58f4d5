package soak

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/choice"
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

// counterTarget declares a counter whose instances are made by a function.
func counterTarget(name string, fresh func(*harness.Env) any) *harness.Target {
	return &harness.Target{
		Name: name,
		Row:  "test",
		Doc:  "a number that clients add to",
		New:  fresh,
		Operations: []harness.Operation{
			harness.OpDo("add", nil, (*counter).add),
			harness.Op0("sum", (*counter).sum).Observing(),
		},
		Model:    properties.Counter(),
		Points:   true,
		Sites:    []string{"add:add", "sum:load"},
		Progress: harness.WaitFree,
		Faults:   chaos.All(),
	}
}

func good() *harness.Target {
	return counterTarget("good", func(env *harness.Env) any { return &counter{at: env.Hook()} })
}

func lossy() *harness.Target {
	return counterTarget("lossy", func(env *harness.Env) any { return &counter{at: env.Hook(), lost: true} })
}

// scripted is an engine that draws its results from the round's seed: the target called lossy fails in two rounds of three, in one of two ways and sizes.
func scripted(_ context.Context, t *harness.Target, e harness.Engine, cfg harness.Config) (*harness.Result, error) {
	s := choice.New(cfg.Seed)
	r := &harness.Result{Target: t.ID(), Engine: e, Seed: cfg.Seed, Status: harness.Held, Histories: int64(1 + s.Intn(9)), Operations: int64(s.Intn(99)),
		Open: 1 + float64(s.Intn(8))/4, MaxOpen: 3}
	if t.Name != "lossy" || s.Intn(3) == 0 {
		return r, nil
	}
	kind := [...]string{"linearizable", "linearizable", "invariant"}[s.Intn(3)]
	f := &harness.Failure{Verdict: harness.Violation(kind, "it <lost> an \"update\"", "line one\nline two\n"), Signature: kind + ": lost", Seed: s.Uint64(),
		Count: 1, After: time.Duration(s.Intn(1000)), Replays: 2, Reproduced: 2, Exact: true}
	for range 2 + s.Intn(5) {
		f.Program = append(f.Program, harness.Step{Client: s.Intn(3), Op: "add", Arg: s.Intn(9)})
	}
	r.Status, r.Failures = harness.Violated, []*harness.Failure{f}
	return r, nil
}

// frozen is a clock that stands still, still a measurement that never changes: with them, and with an engine under control, a soak is a function
// of its seed.
func frozen() time.Duration { return 0 }

func still() Sample { return Sample{Heap: 1 << 20, Goroutines: 3, Files: 7} }

// controlledConfig is a soak of which every byte is fixed by the seed.
func controlledConfig(dir string, rounds int) Config {
	return Config{Targets: []*harness.Target{good(), lossy()}, Engines: []harness.Engine{harness.Check}, Rounds: rounds, Seed: 7, Dir: dir,
		Round: harness.Config{Iterations: 3, Limit: 3}, Clock: frozen, Measure: still,
		OnFailure: func(f *harness.Failure) string { return fmt.Sprintf("cases/%s-%d.case", f.Kind, len(f.Program)) }}
}

// read returns the content of a file in a directory.
func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
