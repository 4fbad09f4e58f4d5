package timers

import "testing"

// explore:want leak
// The loop over the ticks of a stopped ticker never ends. Deterministic.
func TestTickerRangeBug(t *testing.T) { sampleAndStop((*sampler).run) }

func TestTickerRangeFixed(t *testing.T) { sampleAndStop((*sampler).runFixed) }

func sampleAndStop(run func(*sampler)) {
	s := newSampler()
	go run(s)
	s.stop()
}
