package subtests

import "testing"

// explore:want assertion
// The store is closed before the writer has written what is queued.
func TestCleanupOrderBug(t *testing.T) { writeInSubtest(t, writerAndStore) }

func TestCleanupOrderFixed(t *testing.T) { writeInSubtest(t, writerAndStoreFixed) }

func writeInSubtest(t *testing.T, start func(*testing.T, *fakeStore) chan<- int) {
	var s fakeStore
	t.Run("write", func(t *testing.T) {
		values := start(t, &s)
		values <- 1
		values <- 2
	})
	if s.late != 0 {
		t.Errorf("%d writes after the store was closed", s.late)
	}
}
