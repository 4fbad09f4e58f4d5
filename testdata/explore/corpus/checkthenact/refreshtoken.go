package checkthenact

import "sync"

// A tokenSource has a token that may be used once, and fetches another when it is used.
type tokenSource struct {
	mu    sync.Mutex
	token int
	used  bool
}

func (s *tokenSource) fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.used
}

func (s *tokenSource) refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token++
	s.used = false
}

func (s *tokenSource) use() int {
	if !s.fresh() {
		s.refresh()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = true
	return s.token
}

// useFixed refreshes and uses in one step.
func (s *tokenSource) useFixed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used {
		s.token++
	}
	s.used = true
	return s.token
}
