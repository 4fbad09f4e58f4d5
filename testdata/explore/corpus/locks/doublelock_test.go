package locks

import (
	"sync"
	"testing"
)

type keySet interface {
	add(string)
	remove(string)
	len() int
}

// explore:want deadlock
// Both keys are added before one is removed: the cache is over its limit, and evict locks what add has locked.
func TestDoubleLockBug(t *testing.T) { addAndRemove(t, &lru{max: 1}) }

func TestDoubleLockFixed(t *testing.T) { addAndRemove(t, &fixedLRU{lru{max: 1}}) }

func addAndRemove(t *testing.T, c keySet) {
	var wg sync.WaitGroup
	for _, key := range []string{"a", "b"} {
		wg.Go(func() {
			c.add(key)
			c.remove(key)
		})
	}
	wg.Wait()
	if n := c.len(); n != 0 {
		t.Errorf("%d keys left", n)
	}
}
