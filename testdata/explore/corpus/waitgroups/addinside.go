package waitgroups

import "sync"

// A crawler visits each page once.
type crawler struct {
	mu      sync.Mutex
	seen    map[string]bool
	fetched int
	wg      sync.WaitGroup
}

func newCrawler() *crawler { return &crawler{seen: map[string]bool{}} }

func (c *crawler) visit(page string) {
	go func() {
		c.mu.Lock()
		if c.seen[page] {
			c.mu.Unlock()
			return
		}
		c.seen[page] = true
		c.wg.Add(1)
		c.mu.Unlock()
		c.fetch()
	}()
}

// visitFixed counts before it starts a goroutine.
func (c *crawler) visitFixed(page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.seen[page] {
		c.seen[page] = true
		c.wg.Add(1)
		go c.fetch()
	}
}

func (c *crawler) fetch() {
	defer c.wg.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fetched++
}

// wait returns how many pages were fetched, when all have been.
func (c *crawler) wait() int {
	c.mu.Lock()
	c.seen["/logout"] = true // no longer
	c.mu.Unlock()
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fetched
}
