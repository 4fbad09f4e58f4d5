package iterators

import (
	"iter"
	"sync"
	"testing"
)

// explore:want deadlock
// A card expires before the walk: the body removes it, and locks what the iterator has locked.
func TestLockedSeqBug(t *testing.T) { removeExpired((*board).expired) }

func TestLockedSeqFixed(t *testing.T) { removeExpired((*board).expiredFixed) }

func removeExpired(expired func(*board) iter.Seq[string]) {
	b := newBoard()
	var wg sync.WaitGroup
	wg.Go(func() { b.expire("a") })
	for card := range expired(b) {
		b.remove(card)
	}
	wg.Wait()
}
