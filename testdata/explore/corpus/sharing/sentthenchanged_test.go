package sharing

import (
	"sync"
	"testing"
)

// explore:want race
// The sender counts in a parcel that the receiver reads. Deterministic for the race detector.
func TestSentThenChangedBug(t *testing.T) { sendParcel(t, send) }

func TestSentThenChangedFixed(t *testing.T) { sendParcel(t, sendFixed) }

func sendParcel(t *testing.T, send func(chan<- *parcel, *parcel)) {
	road := make(chan *parcel)
	var wg sync.WaitGroup
	wg.Go(func() { send(road, &parcel{payload: "book"}) })
	if p := <-road; p.attempts > 1 || p.payload != "book" {
		t.Errorf("got %v", p)
	}
	wg.Wait()
}
