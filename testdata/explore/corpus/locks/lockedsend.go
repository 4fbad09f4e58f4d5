package locks

import "sync"

// A hub sends readings to a display that marks them as shown.
type hub struct {
	mu       sync.Mutex
	readings chan int
	sent     int
	shown    int
}

func newHub() *hub { return &hub{readings: make(chan int)} }

func (h *hub) publish(r int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent++
	h.readings <- r
}

// publishFixed sends after it has unlocked.
func (h *hub) publishFixed(r int) {
	h.mu.Lock()
	h.sent++
	h.mu.Unlock()
	h.readings <- r
}

func (h *hub) close() { close(h.readings) }

func (h *hub) display() {
	for range h.readings {
		h.mu.Lock()
		h.shown++
		h.mu.Unlock()
	}
}
