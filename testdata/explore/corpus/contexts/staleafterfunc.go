package contexts

import (
	"context"
	"sync"
)

// A conn is interrupted by a deadline in the past.
type conn struct {
	mu          sync.Mutex
	interrupted bool
}

func (c *conn) setInterrupted(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted = on
}

func (c *conn) usable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.interrupted
}

// roundTrip uses a connection of the pool and puts it back, fit to be used again.
func roundTrip(ctx context.Context, c *conn, pool chan<- *conn) {
	stop := context.AfterFunc(ctx, func() { c.setInterrupted(true) })
	c.usable() // reads and writes
	stop()
	c.setInterrupted(false)
	pool <- c
}

// roundTripFixed waits for an interruption that has begun.
func roundTripFixed(ctx context.Context, c *conn, pool chan<- *conn) {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.setInterrupted(true)
		close(interrupted)
	})
	c.usable() // reads and writes
	if !stop() {
		<-interrupted
	}
	c.setInterrupted(false)
	pool <- c
}
