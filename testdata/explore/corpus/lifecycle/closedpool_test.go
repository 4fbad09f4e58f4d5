package lifecycle

import (
	"sync"
	"testing"
)

// explore:want assertion
// A connection is out when the pool is closed, and is put among the idle ones of a closed pool.
func TestClosedPoolBug(t *testing.T) { closeUsedPool(t, (*connPool).put) }

func TestClosedPoolFixed(t *testing.T) { closeUsedPool(t, (*connPool).putFixed) }

func closeUsedPool(t *testing.T, put func(*connPool, int)) {
	var p connPool
	var wg sync.WaitGroup
	wg.Go(p.close)
	conn := p.get()
	put(&p, conn)
	wg.Wait()
	if n := p.open.Load(); n != 0 {
		t.Errorf("%d connections open", n)
	}
}
