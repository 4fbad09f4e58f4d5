package selects

import (
	"sync"
	"testing"
)

// explore:want livelock
// The second source is closed and never forgotten: its case is ready for ever. Deterministic.
func TestClosedSpinBug(t *testing.T) { collectTwo(t, collect) }

func TestClosedSpinFixed(t *testing.T) { collectTwo(t, collectFixed) }

func collectTwo(t *testing.T, collect func(cpu, disk <-chan int) int) {
	cpu, disk := make(chan int), make(chan int)
	var wg sync.WaitGroup
	for i, source := range []chan int{cpu, disk} {
		wg.Go(func() {
			source <- i + 1
			close(source)
		})
	}
	if sum := collect(cpu, disk); sum != 3 {
		t.Errorf("sum %d, want 3", sum)
	}
	wg.Wait()
}
