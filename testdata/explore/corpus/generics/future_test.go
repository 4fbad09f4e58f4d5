package generics

import (
	"sync"
	"testing"
)

// explore:want race
// explore:also assertion
// The value is written after the channel was closed, and nothing orders that with the read.
func TestFutureBug(t *testing.T) { awaitValue(t, (*future[int]).set) }

func TestFutureFixed(t *testing.T) { awaitValue(t, (*future[int]).setFixed) }

func awaitValue(t *testing.T, set func(*future[int], int)) {
	f := newFuture[int]()
	var wg sync.WaitGroup
	wg.Go(func() { set(f, 42) })
	if v := f.get(); v != 42 {
		t.Errorf("value %d, want 42", v)
	}
	wg.Wait()
}
