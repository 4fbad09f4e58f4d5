package locks

import (
	"sync"
	"testing"
)

// explore:want livelock
// Both say that they want, and each waits for the other to go first.
func TestAfterYouBug(t *testing.T) { compactBoth(t, (*compactor).compact) }

func TestAfterYouFixed(t *testing.T) { compactBoth(t, (*compactor).compactFixed) }

func compactBoth(t *testing.T, compact func(c, neighbour *compactor)) {
	disk := new(sync.Mutex)
	a, b := &compactor{disk: disk}, &compactor{disk: disk}
	var wg sync.WaitGroup
	wg.Go(func() { compact(a, b) })
	wg.Go(func() { compact(b, a) })
	wg.Wait()
	if a.runs != 1 || b.runs != 1 {
		t.Errorf("%d and %d runs, want 1 and 1", a.runs, b.runs)
	}
}
