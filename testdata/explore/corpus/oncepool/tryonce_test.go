package oncepool

import (
	"sync"
	"testing"
)

// explore:want assertion
// The second one finds that the migration was started, and goes on before it is complete.
func TestTryOnceBug(t *testing.T) { queryTwice(t, (*migration).ensure) }

func TestTryOnceFixed(t *testing.T) { queryTwice(t, (*migration).ensureFixed) }

func queryTwice(t *testing.T, ensure func(*migration)) {
	var m migration
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			ensure(&m)
			if n := m.query(); n != 3 {
				t.Errorf("query sees %d tables, want 3", n)
			}
		})
	}
	wg.Wait()
}
