package harness_test

import (
	"context"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// drive runs a target under an engine.
func drive(t *testing.T, target *harness.Target, e harness.Engine, cfg harness.Config) *harness.Result {
	t.Helper()
	r, err := harness.Drive(context.Background(), target, e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCheck(t *testing.T) {
	repeat.Once(t)
	r := drive(t, counterTarget(), harness.Check, harness.Config{Seed: 1, Iterations: 50})
	if r.Status != harness.Held || r.Schedules == 0 {
		t.Fatalf("correct twin: %+v", r)
	}
	bad, _ := counterTarget().With("lost-update")
	r = drive(t, bad, harness.Check, harness.Config{Seed: 1, Iterations: 50})
	if r.Status != harness.Violated {
		t.Fatalf("lost update not found: %+v", r)
	}
	f := r.Failures[0]
	t.Logf("%s\n%s%s%s", f.Title(), f.Program, f.Schedule, f.Evidence)
	if len(f.Program) != 3 || len(f.Schedule) != 1 || f.Reproduced != 2 {
		t.Errorf("not minimal: %d operations, %d switches, reproduced %d of %d", len(f.Program), len(f.Schedule), f.Reproduced, f.Replays)
	}
}

func TestStress(t *testing.T) {
	cfg := harness.Config{Seed: 1, Iterations: 300, For: 20 * time.Second}
	r := drive(t, counterTarget(), harness.Stress, cfg)
	if r.Status != harness.Held {
		t.Fatalf("correct twin: %+v", r)
	}
	t.Logf("%+v", r)
	bad, _ := counterTarget().With("lost-update")
	cfg.Iterations = 5000
	r = drive(t, bad, harness.Stress, cfg)
	if r.Status != harness.Violated {
		t.Fatalf("lost update not found: %+v", r)
	}
	t.Logf("%s after %v in %d histories\n%s", r.Failures[0].Title(), r.Failures[0].After, r.Histories, r.Failures[0].Evidence)
}

func TestChaos(t *testing.T) {
	r := drive(t, counterTarget(), harness.Chaos, harness.Config{Seed: 1, Iterations: 60, For: 20 * time.Second})
	if r.Status != harness.Held {
		t.Fatalf("correct twin: %+v", r)
	}
	t.Logf("%+v", r)
}
