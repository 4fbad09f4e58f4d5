package checkthenact

import "sync"

// A flight lets all who ask for a key at the same time share one call.
type flight struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	done  chan struct{}
	value int
}

func newFlight() *flight { return &flight{calls: map[string]*call{}} }

func (f *flight) do(key string, load func() int) int {
	f.mu.Lock()
	c, ok := f.calls[key]
	f.mu.Unlock()
	if ok {
		<-c.done
		return c.value
	}
	c = &call{done: make(chan struct{})}
	f.mu.Lock()
	f.calls[key] = c
	f.mu.Unlock()
	c.value = load()
	close(c.done)
	return c.value
}

// doFixed decides who calls while it holds the lock.
func (f *flight) doFixed(key string, load func() int) int {
	f.mu.Lock()
	if c, ok := f.calls[key]; ok {
		f.mu.Unlock()
		<-c.done
		return c.value
	}
	c := &call{done: make(chan struct{})}
	f.calls[key] = c
	f.mu.Unlock()
	c.value = load()
	close(c.done)
	return c.value
}
