package conds

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The flag is set and the signal sent after the waiter looked at the flag and before it waits.
func TestUnlockedFlagBug(t *testing.T) { passGate((*gate).release) }

func TestUnlockedFlagFixed(t *testing.T) { passGate((*gate).releaseFixed) }

func passGate(release func(*gate)) {
	g := newGate()
	var wg sync.WaitGroup
	wg.Go(g.wait)
	release(g)
	wg.Wait()
}
