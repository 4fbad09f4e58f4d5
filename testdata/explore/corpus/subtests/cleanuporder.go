package subtests

import (
	"sync"
	"testing"
)

// A fakeStore counts the writes that come after it was closed.
type fakeStore struct {
	mu     sync.Mutex
	closed bool
	late   int
}

func (s *fakeStore) write(int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.late++
	}
}

func (s *fakeStore) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// startWriter writes what it receives, until the test ends.
func startWriter(t *testing.T, s *fakeStore) chan<- int {
	values, done := make(chan int, 2), make(chan struct{})
	go func() {
		defer close(done)
		for v := range values {
			s.write(v)
		}
	}()
	t.Cleanup(func() {
		close(values)
		<-done
	})
	return values
}

// writerAndStore starts both. The last cleanup runs first.
func writerAndStore(t *testing.T, s *fakeStore) chan<- int {
	values := startWriter(t, s)
	t.Cleanup(s.close)
	return values
}

// writerAndStoreFixed stops the writer before it closes the store.
func writerAndStoreFixed(t *testing.T, s *fakeStore) chan<- int {
	t.Cleanup(s.close)
	return startWriter(t, s)
}
