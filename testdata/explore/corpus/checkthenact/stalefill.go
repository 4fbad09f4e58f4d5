package checkthenact

import (
	"sync"
	"sync/atomic"
)

// A database is where the truth is. It has one item.
type database struct {
	price atomic.Int64
}

// A priceCache forgets an item when its price changes.
type priceCache struct {
	db      *database
	mu      sync.Mutex
	prices  map[string]int64
	changes int
}

func newPriceCache(db *database) *priceCache {
	return &priceCache{db: db, prices: map[string]int64{}}
}

func (c *priceCache) get(item string) int64 {
	c.mu.Lock()
	price, ok := c.prices[item]
	c.mu.Unlock()
	if ok {
		return price
	}
	price = c.db.price.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prices[item] = price
	return price
}

// getFixed keeps nothing that it read before a change.
func (c *priceCache) getFixed(item string) int64 {
	c.mu.Lock()
	price, ok := c.prices[item]
	changes := c.changes
	c.mu.Unlock()
	if ok {
		return price
	}
	price = c.db.price.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes == changes {
		c.prices[item] = price
	}
	return price
}

func (c *priceCache) set(item string, price int64) {
	c.db.price.Store(price)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.prices, item)
	c.changes++
}
