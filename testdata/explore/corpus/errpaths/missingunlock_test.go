package errpaths

import (
	"errors"
	"sync"
	"testing"
)

// explore:want deadlock
// The booking comes before the account is opened, fails and keeps the lock.
func TestMissingUnlockBug(t *testing.T) { openAndBook(t, (*ledger).book) }

func TestMissingUnlockFixed(t *testing.T) { openAndBook(t, (*ledger).bookFixed) }

func openAndBook(t *testing.T, book func(*ledger, string, int) error) {
	l := newLedger()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := book(l, "ann", 5); err != nil && !errors.Is(err, errNotFound) {
			t.Error(err)
		}
	})
	l.open("ann")
	wg.Wait()
}
