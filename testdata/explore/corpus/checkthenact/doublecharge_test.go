package checkthenact

import (
	"sync"
	"testing"
)

// explore:want assertion
// The order is sent again before the first one was marked as seen.
func TestDoubleChargeBug(t *testing.T) { sendTwice(t, (*till).handle) }

func TestDoubleChargeFixed(t *testing.T) { sendTwice(t, (*till).handleFixed) }

func sendTwice(t *testing.T, handle func(*till, string, int)) {
	cash := newTill()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { handle(cash, "order-1", 30) })
	}
	wg.Wait()
	if cash.charged != 30 {
		t.Errorf("charged %d, want 30", cash.charged)
	}
}
