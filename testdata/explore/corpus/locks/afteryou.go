package locks

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A compactor merges its files when its neighbour does not.
type compactor struct {
	wants atomic.Bool
	disk  *sync.Mutex
	runs  int
}

// compact lets the neighbour go first when both want.
func (c *compactor) compact(neighbour *compactor) {
	c.wants.Store(true)
	defer c.wants.Store(false)
	for {
		for neighbour.wants.Load() {
			runtime.Gosched()
		}
		if c.disk.TryLock() {
			break
		}
	}
	defer c.disk.Unlock()
	c.runs++
}

// compactFixed leaves the order to the lock.
func (c *compactor) compactFixed(*compactor) {
	c.disk.Lock()
	defer c.disk.Unlock()
	c.runs++
}
