package timers

import (
	"sync/atomic"
	"time"
)

// A sampler counts the ticks of its ticker.
type sampler struct {
	ticker *time.Ticker
	quit   chan struct{}
	ticks  atomic.Int64
}

func newSampler() *sampler {
	return &sampler{ticker: time.NewTicker(time.Millisecond), quit: make(chan struct{})}
}

func (s *sampler) run() {
	for range s.ticker.C {
		s.ticks.Add(1)
	}
}

// runFixed ends when it is told to: a stopped ticker does not close its channel.
func (s *sampler) runFixed() {
	for {
		select {
		case <-s.ticker.C:
			s.ticks.Add(1)
		case <-s.quit:
			return
		}
	}
}

func (s *sampler) stop() {
	s.ticker.Stop()
	close(s.quit)
}
