package locks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The display has received one reading and wants the lock, when publish holds it and waits for the display to receive the next one.
func TestLockedSendBug(t *testing.T) { publishReadings(t, (*hub).publish) }

func TestLockedSendFixed(t *testing.T) { publishReadings(t, (*hub).publishFixed) }

func publishReadings(t *testing.T, publish func(*hub, int)) {
	h := newHub()
	var wg sync.WaitGroup
	wg.Go(h.display)
	publish(h, 20)
	publish(h, 21)
	h.close()
	wg.Wait()
	if h.sent != h.shown {
		t.Errorf("sent %d, shown %d", h.sent, h.shown)
	}
}
