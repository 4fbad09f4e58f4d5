package atomics

import "sync/atomic"

// A breaker opens after two failures in a row.
type breaker struct {
	failures int32
}

func (b *breaker) fail() { atomic.AddInt32(&b.failures, 1) }

func (b *breaker) open() bool { return b.failures >= 2 }

func (b *breaker) openFixed() bool { return atomic.LoadInt32(&b.failures) >= 2 }
