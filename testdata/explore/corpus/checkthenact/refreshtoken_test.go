package checkthenact

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both find the token fresh before either has used it.
func TestRefreshTokenBug(t *testing.T) { useTwice(t, (*tokenSource).use) }

func TestRefreshTokenFixed(t *testing.T) { useTwice(t, (*tokenSource).useFixed) }

func useTwice(t *testing.T, use func(*tokenSource) int) {
	var s tokenSource
	tokens := make(chan int, 2)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { tokens <- use(&s) })
	}
	wg.Wait()
	if a, b := <-tokens, <-tokens; a == b {
		t.Errorf("token %d was used twice", a)
	}
}
