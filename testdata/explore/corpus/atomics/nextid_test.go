package atomics

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both add before either loads, and both get the same number.
func TestNextIDBug(t *testing.T) { numberTwo(t, (*idSource).next) }

func TestNextIDFixed(t *testing.T) { numberTwo(t, (*idSource).nextFixed) }

func numberTwo(t *testing.T, next func(*idSource) int64) {
	var s idSource
	ids := make(chan int64, 2)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { ids <- next(&s) })
	}
	wg.Wait()
	if a, b := <-ids, <-ids; a == b {
		t.Errorf("both requests have the number %d", a)
	}
}
