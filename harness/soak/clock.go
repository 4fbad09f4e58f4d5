package soak

import "time"

// realClock returns a clock that reads the monotonic time since now. It is the one place where this package meets the real time.
func realClock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
