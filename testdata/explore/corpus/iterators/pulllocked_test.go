package iterators

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The second journal is still empty when it is compared: the iterator over the first one is not stopped, and keeps its lock.
func TestPullLockedBug(t *testing.T) { compareAndAdd(t, same) }

func TestPullLockedFixed(t *testing.T) { compareAndAdd(t, sameFixed) }

func compareAndAdd(t *testing.T, same func(a, b *journal) bool) {
	a, b := &journal{entries: []string{"boot"}}, new(journal)
	var wg sync.WaitGroup
	wg.Go(func() {
		same(a, b)
		a.add("login")
	})
	b.add("boot")
	wg.Wait()
	if n := len(a.entries); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}
