package checkthenact

import (
	"sync"
	"sync/atomic"
	"testing"
)

// explore:want assertion
// Both find no call for the key, and both make one.
func TestFlightLeaderBug(t *testing.T) { loadShared(t, (*flight).do) }

func TestFlightLeaderFixed(t *testing.T) { loadShared(t, (*flight).doFixed) }

func loadShared(t *testing.T, do func(*flight, string, func() int) int) {
	f := newFlight()
	var loads atomic.Int32
	load := func() int { return int(loads.Add(1)) }
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { do(f, "user/7", load) })
	}
	wg.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("loaded %d times", n)
	}
}
