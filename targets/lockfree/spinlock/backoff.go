package spinlock

import (
	"runtime"
	"sync/atomic"
)

// Bounds of waiting.
const (
	fastPauses = 4  // pauses of 1, 2, 4 and so on idle rounds, before the first yield
	turnSpins  = 30 // looks at the number being served, when one's own is next
)

// A backoff spaces the looks of one waiter: twice as long after each, and when that has not helped, a yield to the scheduler between looks, because the
// holder may be waiting for this processor.
type backoff struct{ round uint }

// pause waits a little longer than the last time.
func (b *backoff) pause() {
	if b.round >= fastPauses {
		runtime.Gosched()
		return
	}
	idle(1 << b.round)
	b.round++
}

// idle passes some nanoseconds a round without touching shared memory. Go offers no pause instruction; an atomic load of a word of one's own is what
// the compiler does not remove.
func idle(rounds int) {
	var own atomic.Uint32
	for range rounds {
		own.Load()
	}
}
