package atomics

import (
	"sync"
	"testing"
)

// explore:want assertion
// The owner releases between the check for zero and the increment: the reader has a segment that is unmapped.
func TestRefCountBug(t *testing.T) { readSegment(t, (*segment).acquire) }

func TestRefCountFixed(t *testing.T) { readSegment(t, (*segment).acquireFixed) }

func readSegment(t *testing.T, acquire func(*segment) bool) {
	s := newSegment()
	var wg sync.WaitGroup
	wg.Go(s.release)
	if acquire(s) {
		if s.unmapped.Load() {
			t.Error("reads an unmapped segment")
		}
		s.release()
	}
	wg.Wait()
}
