package channels

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The change comes after the version was read and before the channel was asked for: the waiter gets the channel of the next change.
func TestMissedVersionBug(t *testing.T) { bumpAndWait(awaitVersion) }

func TestMissedVersionFixed(t *testing.T) { bumpAndWait(awaitVersionFixed) }

func bumpAndWait(await func(*versioned, int)) {
	v := newVersioned()
	var wg sync.WaitGroup
	wg.Go(func() { await(v, 1) })
	v.bump()
	wg.Wait()
}
