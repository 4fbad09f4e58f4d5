package channels

import (
	"sync"
	"testing"
)

// explore:want deadlock
// A line is appended after the shipper found the backlog empty and before it receives: the wake-up is dropped.
func TestLostWakeBug(t *testing.T) { shipLines(newShipper()) }

func TestLostWakeFixed(t *testing.T) { shipLines(newFixedShipper()) }

func shipLines(s *shipper) {
	var wg sync.WaitGroup
	wg.Go(func() { s.ship(2) })
	s.append("started")
	s.append("ready")
	wg.Wait()
}
