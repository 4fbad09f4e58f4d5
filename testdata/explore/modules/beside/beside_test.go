// Package beside is a module of a workspace that uses the module beside it.
package beside

import (
	"sync"
	"testing"

	cmap "github.com/orcaman/concurrent-map/v2"
)

// TestOne has two goroutines take the same key: one of them gets it.
func TestOne(t *testing.T) {
	m := cmap.New[int]()
	won := make(chan int, 2)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			if m.SetIfAbsent("key", i) {
				won <- i
			}
		})
	}
	wg.Wait()
	close(won)
	first, ok := <-won
	if v, _ := m.Get("key"); !ok || v != first || len(won) > 0 {
		t.Errorf("%d is there, %d more have won after %d", v, len(won), first)
	}
}
