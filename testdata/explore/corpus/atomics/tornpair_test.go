package atomics

import (
	"sync"
	"testing"
)

type histogram interface {
	record()
	read() (sum, count int64)
}

// explore:want assertion
// The pair is read between the two additions of one sample.
func TestTornPairBug(t *testing.T) { readMean(t, new(latency)) }

func TestTornPairFixed(t *testing.T) { readMean(t, new(fixedLatency)) }

func readMean(t *testing.T, h histogram) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 2 {
			h.record()
		}
	})
	if sum, count := h.read(); sum != 10*count {
		t.Errorf("sum %d of %d samples of 10", sum, count)
	}
	wg.Wait()
}
