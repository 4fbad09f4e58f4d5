package channels

import (
	"sync"
	"sync/atomic"
)

// An eventLog passes events to its reader until it is closed.
type eventLog struct {
	closed atomic.Bool
	events chan int
}

func newEventLog() *eventLog { return &eventLog{events: make(chan int, 4)} }

func (l *eventLog) publish(e int) bool {
	if l.closed.Load() {
		return false
	}
	l.events <- e
	return true
}

func (l *eventLog) close() {
	if l.closed.CompareAndSwap(false, true) {
		close(l.events)
	}
}

func (l *eventLog) reader() <-chan int { return l.events }

// A fixedEventLog never sends and closes at the same time.
type fixedEventLog struct {
	mu     sync.Mutex
	closed bool
	events chan int
}

func newFixedEventLog() *fixedEventLog { return &fixedEventLog{events: make(chan int, 4)} }

func (l *fixedEventLog) publish(e int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.events <- e
	return true
}

func (l *fixedEventLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		close(l.events)
	}
}

func (l *fixedEventLog) reader() <-chan int { return l.events }
