package atomics

import "sync/atomic"

// A segment is unmapped when its last reference is released.
type segment struct {
	refs     atomic.Int32
	unmapped atomic.Bool
}

func newSegment() *segment {
	s := new(segment)
	s.refs.Store(1)
	return s
}

// acquire reports whether there is a segment to use.
func (s *segment) acquire() bool {
	if s.refs.Load() == 0 {
		return false
	}
	s.refs.Add(1)
	return true
}

// acquireFixed never comes back from zero.
func (s *segment) acquireFixed() bool {
	for {
		n := s.refs.Load()
		if n == 0 {
			return false
		}
		if s.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *segment) release() {
	if s.refs.Add(-1) == 0 {
		s.unmapped.Store(true)
	}
}
