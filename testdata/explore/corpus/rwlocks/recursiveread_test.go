package rwlocks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// A writer comes between the two read locks of one reader: the second waits for the writer, who waits for the first.
func TestRecursiveReadBug(t *testing.T) { findAndAdd(t, (*routes).find) }

func TestRecursiveReadFixed(t *testing.T) { findAndAdd(t, (*routes).findFixed) }

func findAndAdd(t *testing.T, find func(*routes, string) string) {
	r := newRoutes()
	var wg sync.WaitGroup
	wg.Go(func() { r.add("/about", "about") })
	if got := find(r, "/nowhere"); got != "missing" {
		t.Errorf("found %q", got)
	}
	wg.Wait()
}
