package atomics

import (
	"sync"
	"testing"
)

// explore:want assertion
// The smaller value was compared before the larger one was stored, and is stored after it.
func TestHighWaterBug(t *testing.T) { observeThree(t, (*gauge).observe) }

func TestHighWaterFixed(t *testing.T) { observeThree(t, (*gauge).observeFixed) }

func observeThree(t *testing.T, observe func(*gauge, int64)) {
	var g gauge
	var wg sync.WaitGroup
	for _, v := range []int64{3, 9, 5} {
		wg.Go(func() { observe(&g, v) })
	}
	wg.Wait()
	if v := g.highest.Load(); v != 9 {
		t.Errorf("highest %d, want 9", v)
	}
}
