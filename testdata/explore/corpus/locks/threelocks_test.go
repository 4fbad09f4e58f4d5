package locks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// All three have locked their own shard and wait for the next one. Any two of them alone never block for good.
func TestThreeLocksBug(t *testing.T) { rebalanceAll(t, (*store).rebalance) }

func TestThreeLocksFixed(t *testing.T) { rebalanceAll(t, (*store).rebalanceFixed) }

func rebalanceAll(t *testing.T, rebalance func(*store, int)) {
	var s store
	var wg sync.WaitGroup
	for i := range s {
		wg.Go(func() { rebalance(&s, i) })
	}
	wg.Wait()
	for i := range s {
		if s[i].keys != 0 {
			t.Errorf("shard %d has %d keys, want 0", i, s[i].keys)
		}
	}
}
