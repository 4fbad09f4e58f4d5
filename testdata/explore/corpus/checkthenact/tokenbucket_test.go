package checkthenact

import (
	"sync"
	"sync/atomic"
	"testing"
)

// explore:want assertion
// Two requests see the last token before either has taken it.
func TestTokenBucketBug(t *testing.T) { limitRequests(t, (*bucket).allow) }

func TestTokenBucketFixed(t *testing.T) { limitRequests(t, (*bucket).allowFixed) }

func limitRequests(t *testing.T, allow func(*bucket) bool) {
	b := newBucket(2)
	var wg sync.WaitGroup
	var allowed atomic.Int32
	for range 3 {
		wg.Go(func() {
			if allow(b) {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 2 {
		t.Errorf("%d requests allowed, want 2", n)
	}
}
