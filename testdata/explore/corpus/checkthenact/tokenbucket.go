package checkthenact

import "sync/atomic"

// A bucket lets as many requests through as it has tokens.
type bucket struct {
	tokens atomic.Int32
}

func newBucket(tokens int32) *bucket {
	b := new(bucket)
	b.tokens.Store(tokens)
	return b
}

func (b *bucket) allow() bool {
	if b.tokens.Load() > 0 {
		b.tokens.Add(-1)
		return true
	}
	return false
}

// allowFixed takes the token that it has seen.
func (b *bucket) allowFixed() bool {
	for {
		n := b.tokens.Load()
		if n <= 0 {
			return false
		}
		if b.tokens.CompareAndSwap(n, n-1) {
			return true
		}
	}
}
