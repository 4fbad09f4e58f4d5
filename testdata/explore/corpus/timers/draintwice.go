package timers

import "time"

// A connection is idle when nothing came for a while.
type idleWatch struct {
	packets chan int
	timeout time.Duration
	idle    int
}

// run counts how often the connection was idle, until there are no more packets.
func (w *idleWatch) run() {
	timer := time.NewTimer(w.timeout)
	defer timer.Stop()
	for {
		select {
		case _, ok := <-w.packets:
			if !ok {
				return
			}
		case <-timer.C:
			w.idle++
		}
		if !timer.Stop() {
			<-timer.C
		}
		timer.Reset(w.timeout)
	}
}

// runFixed drains nothing: Reset discards what was not received.
func (w *idleWatch) runFixed() {
	timer := time.NewTimer(w.timeout)
	defer timer.Stop()
	for {
		select {
		case _, ok := <-w.packets:
			if !ok {
				return
			}
		case <-timer.C:
			w.idle++
		}
		timer.Reset(w.timeout)
	}
}
