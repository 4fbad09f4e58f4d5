package main

import (
	"io"
	"os"
	"sync"
	"time"
)

type cache struct {
	mu    sync.RWMutex
	items map[string]string
}

func (c *cache) get(k string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.items[k]
}

func (c *cache) set(k, v string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[k] = v
}

func (c *cache) getOrCompute(k string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.items[k]; ok {
		return v
	}
	c.set(k, "computed")
	return "computed"
}

func (c *cache) both(a, b string, waiting func()) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	waiting()
	return c.get(a) + c.get(b)
}

func (c *cache) each(f func(k, v string)) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for k, v := range c.items {
		f(k, v)
	}
}

// writerWaits returns once a goroutine waits to write.
func (c *cache) writerWaits() {
	for c.mu.TryRLock() {
		c.mu.RUnlock()
		time.Sleep(time.Millisecond)
	}
}

type registry struct {
	mu    sync.RWMutex
	peers map[string]*registry
}

func (r *registry) lookup(other *registry, meet *sync.WaitGroup) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	meet.Done()
	meet.Wait()
	return other.replace()
}

func (r *registry) replace() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = map[string]*registry{}
	return true
}

type journal struct {
	mu   sync.Mutex
	in   *os.File
	out  *os.File // of the same pipe: if it is not kept, the collector closes it
	last []byte
}

func (j *journal) next() []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	b := make([]byte, 16)
	n, _ := io.ReadFull(j.in, b)
	j.last = b[:n]
	return j.last
}

type backoff struct {
	mu    sync.Mutex
	tries int
}

func (b *backoff) retry() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	time.Sleep(time.Hour)
}

var readers = map[string]scenario{
	"rw-upgrade": {run: func(*stage) {
		c := &cache{items: map[string]string{}}
		c.getOrCompute("a")
	}},
	"rw-upgrade-callback": {run: func(*stage) {
		c := &cache{items: map[string]string{"a": "b"}}
		go c.each(func(k, v string) { c.set(k, v+v) })
	}},
	"rw-recursive-read": {run: func(*stage) {
		c, in := &cache{items: map[string]string{}}, make(chan bool)
		go c.both("a", "b", func() { in <- true; c.writerWaits() })
		<-in
		go c.set("a", "1")
	}},
	"rw-recursive-read-many": {run: func(*stage) {
		c, in := &cache{items: map[string]string{}}, make(chan bool)
		go c.both("a", "b", func() { in <- true; c.writerWaits() })
		<-in
		go c.set("a", "1")
		c.writerWaits()
		for range 20 {
			go c.get("a")
		}
	}},
	"rw-abba": {run: func(*stage) {
		a, b, meet := &registry{}, &registry{}, meeting(2)
		go a.lookup(b, meet)
		go b.lookup(a, meet)
	}},
	"lock-held-in-read": {run: func(*stage) {
		r, w, _ := os.Pipe()
		j := &journal{in: r, out: w}
		for range 8 {
			go j.next()
		}
	}},
	"lock-held-in-sleep": {run: func(*stage) {
		b := &backoff{}
		for range 6 {
			go b.retry()
		}
	}},
}
