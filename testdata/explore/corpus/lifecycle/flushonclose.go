package lifecycle

import "sync/atomic"

// A sink writes lines in the background.
type sink struct {
	lines   chan string
	done    chan struct{}
	written atomic.Int32
}

func newSink() *sink {
	s := &sink{lines: make(chan string, 8), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *sink) run() {
	defer close(s.done)
	for range s.lines {
		s.written.Add(1)
	}
}

func (s *sink) write(line string) { s.lines <- line }

func (s *sink) close() { close(s.lines) }

// closeFixed returns when everything is written.
func (s *sink) closeFixed() {
	close(s.lines)
	<-s.done
}
