package conds

import "sync"

// A slot holds at most one item. Producers and consumers wait on the same condition.
type slot struct {
	mu   sync.Mutex
	cond *sync.Cond
	full bool
	item int
}

func newSlot() *slot {
	s := new(slot)
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *slot) put(item int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.full {
		s.cond.Wait()
	}
	s.item, s.full = item, true
	s.cond.Signal()
}

func (s *slot) take() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.full {
		s.cond.Wait()
	}
	s.full = false
	s.cond.Signal()
	return s.item
}

// A fixedSlot wakes everybody, since the one who is woken may be of the wrong side.
type fixedSlot struct{ *slot }

func (s fixedSlot) put(item int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.full {
		s.cond.Wait()
	}
	s.item, s.full = item, true
	s.cond.Broadcast()
}

func (s fixedSlot) take() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.full {
		s.cond.Wait()
	}
	s.full = false
	s.cond.Broadcast()
	return s.item
}
