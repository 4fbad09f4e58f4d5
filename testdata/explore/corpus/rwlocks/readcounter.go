package rwlocks

import (
	"sync"
	"sync/atomic"
)

// A dnsCache counts its hits.
type dnsCache struct {
	mu    sync.RWMutex
	hosts map[string]string
	hits  int64
}

func newDNSCache() *dnsCache { return &dnsCache{hosts: map[string]string{"db": "10.0.0.7"}} }

func (c *dnsCache) lookup(host string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	address, ok := c.hosts[host]
	if ok {
		c.hits++
	}
	return address
}

// lookupFixed counts with an atomic: readers run at the same time.
func (c *dnsCache) lookupFixed(host string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	address, ok := c.hosts[host]
	if ok {
		atomic.AddInt64(&c.hits, 1)
	}
	return address
}
