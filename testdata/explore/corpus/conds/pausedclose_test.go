package conds

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The player is paused before its last step: stop wakes it, and it goes on waiting for somebody to resume it.
func TestPausedCloseBug(t *testing.T) { pauseAndStop((*player).step) }

func TestPausedCloseFixed(t *testing.T) { pauseAndStop((*player).stepFixed) }

func pauseAndStop(step func(*player) bool) {
	p := newPlayer()
	var wg sync.WaitGroup
	wg.Go(func() {
		p.pause()
		p.stop()
	})
	for range 3 {
		if !step(p) {
			break
		}
	}
	wg.Wait()
}
