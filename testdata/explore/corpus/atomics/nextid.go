package atomics

import "sync/atomic"

// An idSource numbers requests.
type idSource struct {
	last atomic.Int64
}

func (s *idSource) next() int64 {
	s.last.Add(1)
	return s.last.Load()
}

func (s *idSource) nextFixed() int64 { return s.last.Add(1) }
