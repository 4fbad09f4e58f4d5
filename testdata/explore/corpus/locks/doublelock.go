package locks

import "sync"

// A lru is a set of at most max keys that forgets the oldest.
type lru struct {
	mu   sync.Mutex
	max  int
	keys []string
}

func (c *lru) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.keys)
}

func (c *lru) add(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = append(c.keys, key)
	if len(c.keys) > c.max {
		c.evict()
	}
}

func (c *lru) remove(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, k := range c.keys {
		if k == key {
			c.keys = append(c.keys[:i], c.keys[i+1:]...)
			return
		}
	}
}

func (c *lru) evict() {
	for c.len() > c.max {
		c.keys = c.keys[1:]
	}
}

// A fixedLRU evicts without locking again.
type fixedLRU struct{ lru }

func (c *fixedLRU) add(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = append(c.keys, key)
	for len(c.keys) > c.max {
		c.keys = c.keys[1:]
	}
}
