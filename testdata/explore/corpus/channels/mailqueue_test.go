package channels

import (
	"sync"
	"testing"
)

type mailer interface {
	enqueue(string) bool
	stop() int
}

// explore:want deadlock
// stop comes between two messages: nobody receives any more, and enqueue sends forever.
func TestMailQueueBug(t *testing.T) { sendMail(t, newMailQueue()) }

func TestMailQueueFixed(t *testing.T) { sendMail(t, fixedMailQueue{newMailQueue()}) }

func sendMail(t *testing.T, q mailer) {
	var wg sync.WaitGroup
	sent, taken := 0, 0
	wg.Go(func() { sent = q.stop() })
	for _, m := range []string{"welcome", "invoice"} {
		if q.enqueue(m) {
			taken++
		}
	}
	wg.Wait()
	if sent != taken {
		t.Errorf("%d messages sent, %d taken", sent, taken)
	}
}
