package sim

import (
	"math/bits"
	"time"
)

const million = 1_000_000

// A clock shows time that passes at a rate of its own. All arithmetic is in integers, because floating point may differ between processors.
type clock struct {
	since time.Duration // true time at which the rate was last set
	base  time.Duration // reading at that time
	ppm   int           // parts in a million that the clock runs fast
	wall  time.Duration // the time of day is the reading plus this
}

// read returns the reading at a true time.
func (c *clock) read(now time.Duration) time.Duration {
	d := now - c.since
	return c.base + d + d/million*time.Duration(c.ppm) + d%million*time.Duration(c.ppm)/million
}

// span returns how much true time passes, at least, until the clock has shown d more.
func (c *clock) span(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(d), million)
	rate := uint64(million + c.ppm)
	if hi >= rate {
		return Forever
	}
	q, _ := bits.Div64(hi, lo, rate)
	if q >= uint64(Forever)-1 {
		return Forever
	}
	return time.Duration(q + 1)
}

// set changes the rate without a jump of the reading.
func (c *clock) set(now time.Duration, ppm int) {
	c.base, c.since = c.read(now), now
	c.ppm = ppm
}

// restart lets the reading begin anew, and keeps the time of day.
func (c *clock) restart(now, base time.Duration) {
	c.wall += c.read(now) - base
	c.base, c.since = base, now
}
