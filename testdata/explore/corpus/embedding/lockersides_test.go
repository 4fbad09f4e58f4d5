package embedding

import (
	"sync"
	"testing"
)

// explore:want race
// The Locker is the readers' side, and what it protects is written. Deterministic for the race detector.
func TestLockerSidesBug(t *testing.T) { showTwice(t, (*page).view) }

func TestLockerSidesFixed(t *testing.T) { showTwice(t, (*page).viewFixed) }

func showTwice(t *testing.T, newView func(*page) *view) {
	var p page
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(newView(&p).show)
	}
	wg.Wait()
	if p.hits != 2 {
		t.Errorf("%d hits, want 2", p.hits)
	}
}
