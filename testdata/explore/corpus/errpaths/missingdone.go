package errpaths

import (
	"sync"
	"sync/atomic"
)

// A scanner scans files until it is cancelled.
type scanner struct {
	wg        sync.WaitGroup
	cancelled atomic.Bool
	scanned   atomic.Int32
}

func (s *scanner) scan(string) {
	if s.cancelled.Load() {
		return
	}
	s.scanned.Add(1)
	s.wg.Done()
}

// scanFixed is done in any case.
func (s *scanner) scanFixed(string) {
	defer s.wg.Done()
	if s.cancelled.Load() {
		return
	}
	s.scanned.Add(1)
}

func (s *scanner) start(scan func(string), files ...string) {
	for _, file := range files {
		s.wg.Add(1)
		go scan(file)
	}
}

func (s *scanner) cancel() {
	s.cancelled.Store(true)
	s.wg.Wait()
}
