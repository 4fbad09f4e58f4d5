package harness

import (
	"sync"
	"time"
)

// realClock returns a clock that reads the monotonic time since now. It is the one place where the engines meet the real time.
func realClock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// epoch returns the moment from which a run's stamps are counted.
func epoch() time.Time { return time.Now() }

// fineClock reports whether the monotonic clock always advances between two readings in a row, as one that counts nanoseconds does: its tick is then
// shorter than a reading takes.
var fineClock = sync.OnceValue(func() bool {
	start := time.Now()
	last := time.Duration(-1)
	for range 1000 {
		now := time.Since(start)
		if now <= last {
			return false
		}
		last = now
	}
	return true
})
