package atomics

import "sync/atomic"

// A sequence hands out numbers.
type sequence struct {
	last atomic.Int64
}

func (s *sequence) next() int64 {
	last := s.last.Load()
	for !s.last.CompareAndSwap(last, last+1) {
	}
	return last + 1
}

// nextFixed loads again after it has lost.
func (s *sequence) nextFixed() int64 {
	for {
		last := s.last.Load()
		if s.last.CompareAndSwap(last, last+1) {
			return last + 1
		}
	}
}
