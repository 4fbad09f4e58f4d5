package channels

import (
	"sync"
	"testing"
)

type publisher interface {
	publish(int) bool
	close()
	reader() <-chan int
}

// explore:want panic
// explore:also race
// close comes between the check of the flag and the send. The race detector calls a send and a close without order a race, in every schedule.
func TestSendOnClosedBug(t *testing.T) { publishAndClose(t, newEventLog()) }

func TestSendOnClosedFixed(t *testing.T) { publishAndClose(t, newFixedEventLog()) }

func publishAndClose(t *testing.T, l publisher) {
	var wg sync.WaitGroup
	published := 0
	wg.Go(func() {
		for e := range 2 {
			if l.publish(e) {
				published++
			}
		}
	})
	l.close()
	wg.Wait()
	read := 0
	for range l.reader() {
		read++
	}
	if read != published {
		t.Errorf("%d events read, %d published", read, published)
	}
}
