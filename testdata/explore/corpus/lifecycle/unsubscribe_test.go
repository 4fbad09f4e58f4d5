package lifecycle

import (
	"sync"
	"testing"
)

// explore:want deadlock
// The broker sends to a subscriber, who no longer receives and tells the broker so.
func TestUnsubscribeBug(t *testing.T) { leaveEarly((*broker).unsubscribe) }

func TestUnsubscribeFixed(t *testing.T) { leaveEarly((*broker).unsubscribeFixed) }

func leaveEarly(unsubscribe func(*broker, *subscriber)) {
	b := newBroker()
	s := b.subscribe()
	var wg sync.WaitGroup
	wg.Go(func() {
		b.messages <- "one"
		b.messages <- "two"
	})
	<-s.inbox
	unsubscribe(b, s)
	wg.Wait()
	close(b.quit)
}
