package rwlocks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// A peer is lost before the table is pruned: it is removed inside of the walk, which holds the read lock.
func TestPruneBug(t *testing.T) { loseAndPrune((*peers).prune) }

func TestPruneFixed(t *testing.T) { loseAndPrune((*peers).pruneFixed) }

func loseAndPrune(prune func(*peers)) {
	p := newPeers("a", "b")
	var wg sync.WaitGroup
	wg.Go(func() { p.lost("a") })
	prune(p)
	wg.Wait()
}
