package atomics

import (
	"sync"
	"testing"
)

// explore:want livelock
// The loop compares with what it loaded before another won, which never comes back.
func TestStaleCASBug(t *testing.T) { drawTwo(t, (*sequence).next) }

func TestStaleCASFixed(t *testing.T) { drawTwo(t, (*sequence).nextFixed) }

func drawTwo(t *testing.T, next func(*sequence) int64) {
	var s sequence
	var a, b int64
	var wg sync.WaitGroup
	wg.Go(func() { a = next(&s) })
	wg.Go(func() { b = next(&s) })
	wg.Wait()
	if a+b != 3 {
		t.Errorf("drew %d and %d, want 1 and 2", a, b)
	}
}
