package atomics

import (
	"sync"
	"testing"
)

// explore:want assertion
// A write begins after the version was read: the reader has the new x or none, and the old y.
func TestSeqlockBug(t *testing.T) { trackPosition(t, (*position).get) }

func TestSeqlockFixed(t *testing.T) { trackPosition(t, (*position).getFixed) }

func trackPosition(t *testing.T, get func(*position) (x, y int64, ok bool)) {
	var p position
	var wg sync.WaitGroup
	wg.Go(func() {
		p.set(1, 1)
		p.set(2, 2)
	})
	for range 2 {
		if x, y, ok := get(&p); ok && x != y {
			t.Errorf("at %d,%d, which was never set", x, y)
		}
	}
	wg.Wait()
}
