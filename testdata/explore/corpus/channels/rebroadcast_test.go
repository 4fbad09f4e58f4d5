package channels

import (
	"sync"
	"testing"
)

type broadcaster interface {
	wait() <-chan struct{}
	broadcast()
}

// explore:want race
// The field is read by a waiter while broadcast replaces it. Deterministic for the race detector, unless the waiter ends first.
func TestRebroadcastBug(t *testing.T) { broadcastOnce(newNotifier()) }

func TestRebroadcastFixed(t *testing.T) { broadcastOnce(newFixedNotifier()) }

func broadcastOnce(n broadcaster) {
	quit := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			select {
			case <-n.wait():
			case <-quit:
			}
		})
	}
	n.broadcast()
	close(quit)
	wg.Wait()
}
