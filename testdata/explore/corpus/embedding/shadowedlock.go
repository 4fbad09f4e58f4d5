package embedding

import "sync"

// A stats value has its own lock.
type stats struct {
	sync.Mutex
	requests int
}

func (s *stats) hit() {
	s.Lock()
	defer s.Unlock()
	s.requests++
}

// A server embeds its stats, and a lock that hides theirs.
type server struct {
	stats
	sync.Mutex
	clients int
}

// connect counts a client and its request.
func (s *server) connect() {
	s.Lock()
	defer s.Unlock()
	s.clients++
	s.requests++
}

// connectFixed leaves the request to its own lock.
func (s *server) connectFixed() {
	s.Lock()
	s.clients++
	s.Unlock()
	s.hit()
}
