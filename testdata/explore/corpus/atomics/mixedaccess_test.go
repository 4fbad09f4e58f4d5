package atomics

import (
	"sync"
	"testing"
)

// explore:want race
// One side of the counter is atomic, and the other is not.
func TestMixedAccessBug(t *testing.T) { failTwice(t, (*breaker).open) }

func TestMixedAccessFixed(t *testing.T) { failTwice(t, (*breaker).openFixed) }

func failTwice(t *testing.T, open func(*breaker) bool) {
	var b breaker
	var wg sync.WaitGroup
	wg.Go(b.fail)
	wg.Go(b.fail)
	open(&b)
	wg.Wait()
	if !open(&b) {
		t.Error("not open after two failures")
	}
}
