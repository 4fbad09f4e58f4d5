package timers

import (
	"sync"
	"time"
)

// A heartbeat beats three times.
type heartbeat struct {
	timer *time.Timer
	beats int
	done  chan struct{}
}

func newHeartbeat() *heartbeat { return &heartbeat{done: make(chan struct{})} }

func (h *heartbeat) start() {
	h.timer = time.AfterFunc(time.Microsecond, func() {
		if h.beats++; h.beats == 3 {
			close(h.done)
			return
		}
		h.timer.Reset(time.Microsecond)
	})
}

func (h *heartbeat) wait() int {
	<-h.done
	return h.beats
}

// A fixedHeartbeat fires only when it has its timer.
type fixedHeartbeat struct {
	mu sync.Mutex
	*heartbeat
}

func (h *fixedHeartbeat) start() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.timer = time.AfterFunc(time.Microsecond, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.beats++; h.beats == 3 {
			close(h.done)
			return
		}
		h.timer.Reset(time.Microsecond)
	})
}
