package timers

import (
	"sync"
	"testing"
	"time"
)

// explore:want deadlock
// The timer fires before the next packet comes: its value was received, and is waited for again.
func TestDrainTwiceBug(t *testing.T) { watchPackets((*idleWatch).run) }

func TestDrainTwiceFixed(t *testing.T) { watchPackets((*idleWatch).runFixed) }

func watchPackets(run func(*idleWatch)) {
	w := &idleWatch{packets: make(chan int), timeout: time.Millisecond}
	var wg sync.WaitGroup
	wg.Go(func() { run(w) })
	for i := range 3 {
		w.packets <- i
		<-time.After(time.Millisecond)
	}
	close(w.packets)
	wg.Wait()
}
