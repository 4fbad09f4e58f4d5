package rwlocks

import "sync"

// A session store renews the sessions that it is asked for.
type sessions struct {
	mu    sync.RWMutex
	users map[string]string
	fresh map[string]bool
}

func newSessions() *sessions {
	return &sessions{users: map[string]string{"s1": "ann"}, fresh: map[string]bool{"s1": true}}
}

// user renews a session that is no longer fresh.
func (s *sessions) user(id string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.fresh[id] {
		s.mu.Lock()
		s.fresh[id] = true
		s.mu.Unlock()
	}
	return s.users[id]
}

// userFixed takes the lock that it may need.
func (s *sessions) userFixed(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.fresh[id] {
		s.fresh[id] = true
	}
	return s.users[id]
}

// age makes all sessions old.
func (s *sessions) age() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.fresh)
}
