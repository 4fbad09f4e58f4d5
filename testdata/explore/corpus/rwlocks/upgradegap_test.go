package rwlocks

import (
	"sync"
	"testing"
)

// explore:want assertion
// Both readers miss before either has the write lock.
func TestUpgradeGapBug(t *testing.T) { parseOnce(t, (*templateCache).get) }

func TestUpgradeGapFixed(t *testing.T) { parseOnce(t, (*templateCache).getFixed) }

func parseOnce(t *testing.T, get func(*templateCache, string) string) {
	c := newTemplateCache()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { get(c, "index") })
	}
	wg.Wait()
	if c.parses != 1 {
		t.Errorf("parsed %d times", c.parses)
	}
}
