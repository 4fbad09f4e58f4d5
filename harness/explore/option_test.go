package explore

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// TestOptionsInCases: a choice is written as an option, counted from 1, and read again; a case without any is as it was.
func TestOptionsInCases(t *testing.T) {
	switches := []sched.Switch{a, {After: 0xa1, Nth: 1, To: sched.Option(0)}, {After: 0xa1, Nth: 2, To: sched.Option(2)}}
	c := &casefile.Case{Package: "example.com/m", Test: "TestOnce", Engine: engine, Schedule: decisions(switches, parsedExecution(t))}
	var texts []string
	for _, d := range c.Schedule {
		texts = append(texts, d.String())
	}
	if want := []string{"a1 2 m.go:6 -> b1", "a1 1 m.go:5 -> option:1", "a1 2 m.go:6 -> option:3"}; !slices.Equal(texts, want) {
		t.Errorf("written as %q", texts)
	}
	if r, err := fromCase(c); err != nil || !slices.Equal(r.switches, switches) {
		t.Errorf("read as %v, %v", r.switches, err)
	}
	got := Divergence{Switch: 2, Why: "there were fewer options"}.text(c, nil)
	if got != "switch 3 of 3, in operation 2 of goroutine a1, option:3, expected at m.go:6: there were fewer options" {
		t.Error(got)
	}
	for _, wrong := range []string{"option:0", "option:", "option:-1", "option:70000", "option:x", "opt"} {
		c.Schedule = []casefile.Decision{{Goroutine: "a1", N: 1, Next: wrong}}
		if _, err := fromCase(c); !errors.Is(err, errNoReplay) || !strings.Contains(err.Error(), "no option") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
