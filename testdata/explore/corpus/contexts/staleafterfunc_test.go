package contexts

import (
	"context"
	"sync"
	"testing"
)

// explore:want assertion
// The context ends during the round trip, and its function interrupts the connection after that was put back.
func TestStaleAfterFuncBug(t *testing.T) { reuseConn(t, roundTrip) }

func TestStaleAfterFuncFixed(t *testing.T) { reuseConn(t, roundTripFixed) }

func reuseConn(t *testing.T, roundTrip func(context.Context, *conn, chan<- *conn)) {
	ctx, cancel := context.WithCancel(context.Background())
	pool := make(chan *conn, 1)
	var wg sync.WaitGroup
	wg.Go(cancel)
	roundTrip(ctx, new(conn), pool)
	wg.Wait()
	if c := <-pool; !c.usable() {
		t.Error("the pool has a connection that is interrupted")
	}
}
