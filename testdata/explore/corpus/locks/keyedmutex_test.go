package locks

import (
	"sync"
	"sync/atomic"
	"testing"
)

type keyLocker interface{ lock(key string) func() }

// explore:want assertion
// The holder forgets the lock for which another waits. A third makes a new one, and both are inside.
func TestKeyedMutexBug(t *testing.T) { lockSameKey(t, newKeyedMutex()) }

func TestKeyedMutexFixed(t *testing.T) { lockSameKey(t, newFixedKeyedMutex()) }

func lockSameKey(t *testing.T, k keyLocker) {
	var wg sync.WaitGroup
	var inside atomic.Int32
	for range 3 {
		wg.Go(func() {
			unlock := k.lock("user/7")
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d hold the lock", n)
			}
			inside.Add(-1)
			unlock()
		})
	}
	wg.Wait()
}
