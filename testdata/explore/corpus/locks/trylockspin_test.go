package locks

import (
	"sync"
	"testing"
)

// explore:want livelock
// Each holds its own tray and tries for the other one for ever.
func TestTryLockSpinBug(t *testing.T) { swapTapes(t, moveTape) }

func TestTryLockSpinFixed(t *testing.T) { swapTapes(t, moveTapeFixed) }

func swapTapes(t *testing.T, move func(from, to *tray)) {
	a, b := &tray{number: 1, tapes: 5}, &tray{number: 2, tapes: 5}
	var wg sync.WaitGroup
	wg.Go(func() { move(a, b) })
	wg.Go(func() { move(b, a) })
	wg.Wait()
	if a.tapes != 5 || b.tapes != 5 {
		t.Errorf("%d and %d tapes, want 5 and 5", a.tapes, b.tapes)
	}
}
