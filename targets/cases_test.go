package targets_test

import (
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/targets"
)

// cases is where failures of built-in targets are kept.
const cases = "../testdata/cases"

// TestCases runs every saved failure again: the seeded bug fails as recorded, and the correct twin does not, under the same schedule.
func TestCases(t *testing.T) {
	n := 0
	for e := range casefile.Walk(cases) {
		n++
		if e.Err != nil {
			t.Error(e.Err)
			continue
		}
		if explore.Owns(e.Case) {
			continue // TestExploredCases
		}
		t.Run(casefile.FileName(e.Case), func(t *testing.T) { replay(t, e.Path, e.Case) })
	}
	if n == 0 {
		t.Errorf("no case under %s: this test shows nothing", cases)
	}
}

// replay runs one case, as its bug and as the correct twin.
func replay(t *testing.T, path string, c *casefile.Case) {
	target := byID(c.Target)
	if target == nil {
		t.Fatalf("%s: no target is called %s", path, c.Target)
	}
	if missing := harness.Missing(c); missing != "" && missing != "race" {
		t.Skipf("%s requires %s: not run, which is no pass", path, missing)
	}
	if c.Kind == "race" {
		t.Skipf("%s is a race, which fails the process that sees it: the transcript race of harness/cli replays it in a child", path)
	}
	if repeat.Nth(t) > 0 && c.Fidelity.Level != casefile.Exact {
		t.Skip("statistical, and run in this process before")
	}
	if c.Fidelity.Level != casefile.Exact && testing.Short() {
		t.Skipf("%s is statistical, and left out by -short: not run, which is no pass", path)
	}
	r, err := harness.ReplayCase(t.Context(), target, c, harness.Config{For: time.Minute, Patience: 2 * time.Second})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if want := c.Expect == casefile.ExpectFail; r.Reproduced != want {
		t.Errorf("%s: reproduced %v, want %v: %s", path, r.Reproduced, want, r.Diverged)
	}
	twin := *c
	twin.Bug = ""
	r, err = harness.ReplayCase(t.Context(), target, &twin, harness.Config{For: 5 * time.Second, Iterations: 200})
	if err != nil {
		t.Fatalf("%s: correct twin: %v", path, err)
	}
	if c.Bug != "" && r.Verdict.Status == harness.Violated {
		t.Errorf("%s: the correct twin fails: %s: %s\n%s", path, r.Verdict.Kind, r.Verdict.Message, r.Verdict.Evidence)
	}
}

func byID(id string) *harness.Target {
	for _, t := range targets.All() {
		if t.ID() == id {
			return t
		}
	}
	return nil
}

// TestCatalogue asks that every target is valid, belongs to its row, and has what the project promises of each: a doc, and three seeded bugs.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range targets.Rows() {
		for _, target := range row.Targets {
			if err := target.Validate(); err != nil {
				t.Error(err)
			}
			if target.Row != row.Name {
				t.Errorf("%s is listed in row %s", target.ID(), row.Name)
			}
			if seen[target.ID()] {
				t.Errorf("%s is listed twice", target.ID())
			}
			seen[target.ID()] = true
			if len(target.Bugs) < 3 {
				t.Errorf("%s has %d seeded bugs; three are promised", target.ID(), len(target.Bugs))
			}
		}
	}
}
