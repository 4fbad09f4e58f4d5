package subtests

import "testing"

// explore:want race
// explore:also assertion
// The subtests run at the same time and move the same clock. It takes -parallel of 2 or more: one at a time, they are ordered.
func TestParallelFixtureBug(t *testing.T) { advanceClocks(t, withClock) }

func TestParallelFixtureFixed(t *testing.T) { advanceClocks(t, withClockFixed) }

func advanceClocks(t *testing.T, withClock func(*testing.T, []string, func(*testing.T, *fakeClock))) {
	withClock(t, []string{"expiry", "renewal"}, func(t *testing.T, c *fakeClock) {
		before := c.seconds
		c.advance(10)
		if c.seconds != before+10 {
			t.Errorf("at %d s, want %d s", c.seconds, before+10)
		}
	})
}
