package harness

import "time"

// realClock returns a clock that reads the monotonic time since now. It is the one place where the engines meet the real time.
func realClock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// epoch returns the moment from which a run's stamps are counted.
func epoch() time.Time { return time.Now() }
