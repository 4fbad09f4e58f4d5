package iterators

import (
	"iter"
	"testing"
)

// explore:want panic
// The loop ends at the answer, and a worker that comes later yields to it. It does not happen if the answer comes last.
func TestYieldAfterBreakBug(t *testing.T) { findAnswer(t, results) }

func TestYieldAfterBreakFixed(t *testing.T) { findAnswer(t, resultsFixed) }

func findAnswer(t *testing.T, results func([]func() int) iter.Seq[int]) {
	workers := []func() int{func() int { return 42 }, func() int { return 41 }}
	found := 0
	for n := range results(workers) {
		if found = n; n == 42 {
			break
		}
	}
	if found != 42 {
		t.Errorf("found %d", found)
	}
}
