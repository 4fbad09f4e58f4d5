package lifecycle

import "sync"

// A server runs in the background until it is stopped.
type server struct {
	mu      sync.Mutex
	running bool
	quit    chan struct{}
}

func newServer() *server { return &server{quit: make(chan struct{})} }

func (s *server) start() {
	go func() {
		s.mu.Lock()
		s.running = true
		s.mu.Unlock()
		<-s.quit
	}()
}

// startFixed runs before anybody can ask it to stop.
func (s *server) startFixed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = true
	go func() { <-s.quit }()
}

// stop does nothing if the server does not run.
func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		s.running = false
		close(s.quit)
	}
}
