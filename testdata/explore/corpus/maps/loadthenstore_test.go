package maps

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both find no counter, and the second one to store replaces the first, with its hit.
func TestLoadThenStoreBug(t *testing.T) { hitTwice(t, (*hitCounter).hit) }

func TestLoadThenStoreFixed(t *testing.T) { hitTwice(t, (*hitCounter).hitFixed) }

func hitTwice(t *testing.T, hit func(*hitCounter, string)) {
	var h hitCounter
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { hit(&h, "/") })
	}
	wg.Wait()
	if n := h.hits("/"); n != 2 {
		t.Errorf("%d hits, want 2", n)
	}
}
