package conds

import (
	"sync"
	"testing"
)

type putTaker interface {
	put(int)
	take() int
}

// explore:want deadlock
// Two consumers wait, then a producer. The first consumer takes and wakes the second, for whom there is nothing, and not the producer.
func TestSignalOneBug(t *testing.T) { putAndTake(t, newSlot()) }

func TestSignalOneFixed(t *testing.T) { putAndTake(t, fixedSlot{newSlot()}) }

func putAndTake(t *testing.T, s putTaker) {
	var wg sync.WaitGroup
	taken := make(chan int, 2)
	for range 2 {
		wg.Go(func() { taken <- s.take() })
	}
	for i := range 2 {
		wg.Go(func() { s.put(i) })
	}
	wg.Wait()
	if sum := <-taken + <-taken; sum != 1 {
		t.Errorf("sum %d, want 1", sum)
	}
}
