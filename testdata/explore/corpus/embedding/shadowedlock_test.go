package embedding

import (
	"sync"
	"testing"
)

// explore:want race
// connect has the lock of the server, and hit that of the stats. Deterministic for the race detector.
func TestShadowedLockBug(t *testing.T) { connectAndHit(t, (*server).connect) }

func TestShadowedLockFixed(t *testing.T) { connectAndHit(t, (*server).connectFixed) }

func connectAndHit(t *testing.T, connect func(*server)) {
	var s server
	var wg sync.WaitGroup
	wg.Go(func() { connect(&s) })
	wg.Go(s.hit)
	wg.Wait()
	if s.requests != 2 {
		t.Errorf("%d requests, want 2", s.requests)
	}
}
