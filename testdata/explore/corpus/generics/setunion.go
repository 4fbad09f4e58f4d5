package generics

import "sync"

// A set of anything comparable, for many goroutines.
type set[E comparable] struct {
	mu    sync.RWMutex
	elems map[E]bool
}

func newSet[E comparable](elems ...E) *set[E] {
	s := &set[E]{elems: map[E]bool{}}
	for _, e := range elems {
		s.elems[e] = true
	}
	return s
}

// union adds what is in the other set.
func (s *set[E]) union(other *set[E]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	other.mu.RLock()
	defer other.mu.RUnlock()
	for e := range other.elems {
		s.elems[e] = true
	}
}

// unionFixed has one lock at a time.
func (s *set[E]) unionFixed(other *set[E]) {
	other.mu.RLock()
	elems := make([]E, 0, len(other.elems))
	for e := range other.elems {
		elems = append(elems, e)
	}
	other.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range elems {
		s.elems[e] = true
	}
}

func (s *set[E]) len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.elems)
}
