package embedding

import (
	"sync"
	"testing"
)

// explore:want race
// Each logger has a lock, and they share the output. Deterministic for the race detector.
func TestClonedLockBug(t *testing.T) { printBoth(t, (*logger).with) }

func TestClonedLockFixed(t *testing.T) { printBoth(t, (*logger).withFixed) }

func printBoth(t *testing.T, with func(*logger, string) *logger) {
	var output []string
	l := newLogger(&output)
	a, b := with(l, "a: "), with(l, "b: ")
	var wg sync.WaitGroup
	wg.Go(func() { a.print("started") })
	wg.Go(func() { b.print("started") })
	wg.Wait()
	if len(output) != 2 {
		t.Errorf("%d lines, want 2", len(output))
	}
}
