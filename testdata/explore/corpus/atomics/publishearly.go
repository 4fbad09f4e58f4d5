package atomics

import "sync/atomic"

// A settings value is loaded in the background.
type settings struct {
	loaded atomic.Bool
	hosts  []string
}

func (s *settings) load() {
	s.loaded.Store(true)
	s.hosts = []string{"a", "b"}
}

// loadFixed says so when there is something to read.
func (s *settings) loadFixed() {
	s.hosts = []string{"a", "b"}
	s.loaded.Store(true)
}

// get returns the hosts if they are loaded.
func (s *settings) get() ([]string, bool) {
	if !s.loaded.Load() {
		return nil, false
	}
	return s.hosts, true
}
