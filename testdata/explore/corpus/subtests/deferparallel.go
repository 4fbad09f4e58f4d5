package subtests

import (
	"sync/atomic"
	"testing"
)

// A fakeServer answers until it is closed.
type fakeServer struct{ closed atomic.Bool }

func (s *fakeServer) close()     { s.closed.Store(true) }
func (s *fakeServer) up() bool   { return !s.closed.Load() }
func newFakeServer() *fakeServer { return new(fakeServer) }

// withServer runs a parallel subtest for each name against one server.
func withServer(t *testing.T, names []string, run func(*fakeServer)) {
	s := newFakeServer()
	defer s.close()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(s)
		})
	}
}

// withServerFixed closes the server when the subtests have ended.
func withServerFixed(t *testing.T, names []string, run func(*fakeServer)) {
	s := newFakeServer()
	t.Cleanup(s.close)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(s)
		})
	}
}
