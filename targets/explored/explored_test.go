package explored

import (
	"os"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/targets"
)

// variable names the target: "row/name", or "row/name#bug" for a wrong twin. The command sets it.
const variable = "HARNESS_TARGET"

// id names the target of this process, and asked is that target. They are there before any schedule begins, so that no schedule sees them made.
var (
	id    = os.Getenv(variable)
	asked = named(id)
)

// TestTarget runs the target that the environment names.
func TestTarget(t *testing.T) {
	switch {
	case id == "":
		t.Skipf("%s names no target: harness explore runs this test, one target a process", variable)
	case asked == nil:
		t.Fatalf("%s=%s: there is no such target", variable, id)
	}
	harness.Test(t, asked)
}

// TestNamed: what the command asks for is found, and nothing else.
func TestNamed(t *testing.T) {
	for _, target := range targets.All() {
		if got := named(target.ID()); got == nil || got.ID() != target.ID() || len(got.Bugs) != len(target.Bugs) {
			t.Errorf("%s is not found", target.ID())
		}
		for _, b := range target.Bugs {
			if got := named(target.ID() + "#" + b.Name); got == nil || len(got.Bugs) > 0 {
				t.Errorf("%s#%s is not found", target.ID(), b.Name)
			}
		}
	}
	for _, id := range []string{"lockfree", "lockfree/nothing", "lockfree/treiber-stack#nothing"} {
		if got := named(id); got != nil {
			t.Errorf("%s is %s", id, got.ID())
		}
	}
}

// named returns the target or the wrong twin of that name, or nil.
func named(id string) *harness.Target {
	name, bug, _ := strings.Cut(id, "#")
	for _, t := range targets.All() {
		if twin, ok := t.With(bug); ok && t.ID() == name {
			return twin
		}
	}
	return nil
}
