package lifecycle

import "sync"

// A crew of workers starts together, and ends when the queue is closed.
type crew struct {
	queue chan int
	ready chan struct{}
	wg    sync.WaitGroup
	mu    sync.Mutex
	done  int
}

func newCrew(workers int) *crew {
	c := &crew{queue: make(chan int, 4), ready: make(chan struct{})}
	for range workers {
		c.wg.Go(c.work)
	}
	return c
}

func (c *crew) work() {
	c.ready <- struct{}{}
	for range c.queue {
		c.mu.Lock()
		c.done++
		c.mu.Unlock()
	}
}

// awaitAny returns when a worker is ready.
func (c *crew) awaitAny(int) { <-c.ready }

// awaitAll returns when all are, so that none is left at the door.
func (c *crew) awaitAll(workers int) {
	for range workers {
		<-c.ready
	}
}

func (c *crew) finish() int {
	close(c.queue)
	c.wg.Wait()
	return c.done
}
