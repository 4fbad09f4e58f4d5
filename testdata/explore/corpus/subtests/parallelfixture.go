package subtests

import "testing"

// A fakeClock is moved by hand.
type fakeClock struct{ seconds int }

func (c *fakeClock) advance(seconds int) { c.seconds += seconds }

// withClock runs parallel subtests, which share the fixture.
func withClock(t *testing.T, names []string, run func(*testing.T, *fakeClock)) {
	clock := new(fakeClock)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, clock)
		})
	}
}

// withClockFixed gives each subtest its own.
func withClockFixed(t *testing.T, names []string, run func(*testing.T, *fakeClock)) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, new(fakeClock))
		})
	}
}
