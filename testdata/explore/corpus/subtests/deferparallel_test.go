package subtests

import (
	"sync/atomic"
	"testing"
)

// explore:want assertion
// The deferred close runs when the parent returns, and the parallel subtests go on after that. Deterministic.
func TestDeferParallelBug(t *testing.T) { askServer(t, withServer) }

func TestDeferParallelFixed(t *testing.T) { askServer(t, withServerFixed) }

func askServer(t *testing.T, withServer func(*testing.T, []string, func(*fakeServer))) {
	var refused atomic.Int32
	t.Run("server", func(t *testing.T) {
		withServer(t, []string{"get", "put"}, func(s *fakeServer) {
			if !s.up() {
				refused.Add(1)
			}
		})
	})
	if n := refused.Load(); n != 0 {
		t.Errorf("%d subtests found the server closed", n)
	}
}
