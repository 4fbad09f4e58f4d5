package channels

import "sync"

// A shipper sends lines that were appended to its backlog. A sleeping shipper is woken through a channel.
type shipper struct {
	mu      sync.Mutex
	backlog []string
	wake    chan struct{}
}

func newShipper() *shipper { return &shipper{wake: make(chan struct{})} }

// newFixedShipper keeps one wake-up for a shipper that is about to sleep.
func newFixedShipper() *shipper { return &shipper{wake: make(chan struct{}, 1)} }

func (s *shipper) append(line string) {
	s.mu.Lock()
	s.backlog = append(s.backlog, line)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

// ship returns after it has sent n lines.
func (s *shipper) ship(n int) {
	for n > 0 {
		s.mu.Lock()
		lines := s.backlog
		s.backlog = nil
		s.mu.Unlock()
		n -= len(lines)
		if len(lines) == 0 {
			<-s.wake
		}
	}
}
