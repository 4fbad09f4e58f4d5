package rwlocks

import "sync"

// A templateCache parses each template when it is first used.
type templateCache struct {
	mu     sync.RWMutex
	parsed map[string]string
	parses int
}

func newTemplateCache() *templateCache { return &templateCache{parsed: map[string]string{}} }

func (c *templateCache) get(name string) string {
	c.mu.RLock()
	text, ok := c.parsed[name]
	c.mu.RUnlock()
	if ok {
		return text
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.parse(name)
}

// getFixed looks again under the write lock.
func (c *templateCache) getFixed(name string) string {
	c.mu.RLock()
	text, ok := c.parsed[name]
	c.mu.RUnlock()
	if ok {
		return text
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if text, ok := c.parsed[name]; ok {
		return text
	}
	return c.parse(name)
}

func (c *templateCache) parse(name string) string {
	c.parses++
	c.parsed[name] = "<" + name + ">"
	return c.parsed[name]
}
