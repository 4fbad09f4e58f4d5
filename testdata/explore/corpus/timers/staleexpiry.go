package timers

import (
	"sync"
	"time"
)

// A sessionTable forgets each session after a while, unless it is pinned.
type sessionTable struct {
	mu     sync.Mutex
	timers map[string]*time.Timer
}

func newSessionTable() *sessionTable { return &sessionTable{timers: map[string]*time.Timer{}} }

func (s *sessionTable) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timers[id] = time.AfterFunc(time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.timers, id)
	})
}

// pin makes a session stay, and reports whether it is still there.
func (s *sessionTable) pin(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	timer, ok := s.timers[id]
	if ok {
		timer.Stop()
	}
	return ok
}

// pinFixed takes a session whose time is over for gone.
func (s *sessionTable) pinFixed(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	timer, ok := s.timers[id]
	if ok && !timer.Stop() {
		delete(s.timers, id)
		return false
	}
	return ok
}

func (s *sessionTable) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.timers[id]
	return ok
}
