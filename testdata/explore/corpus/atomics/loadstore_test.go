package atomics

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both load before either stores, and one addition is lost.
func TestLoadStoreBug(t *testing.T) { countBytes(t, (*meter).add) }

func TestLoadStoreFixed(t *testing.T) { countBytes(t, (*meter).addFixed) }

func countBytes(t *testing.T, add func(*meter, int64)) {
	var m meter
	var wg sync.WaitGroup
	wg.Go(func() { add(&m, 100) })
	wg.Go(func() { add(&m, 20) })
	wg.Wait()
	if n := m.bytes.Load(); n != 120 {
		t.Errorf("%d bytes, want 120", n)
	}
}
