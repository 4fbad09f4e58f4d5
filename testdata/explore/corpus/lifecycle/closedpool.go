package lifecycle

import (
	"sync"
	"sync/atomic"
)

// A connPool keeps idle connections. open counts those that are not closed.
type connPool struct {
	mu     sync.Mutex
	idle   []int
	closed bool
	open   atomic.Int32
}

// get returns an idle connection or dials.
func (p *connPool) get() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c
	}
	return int(p.open.Add(1))
}

func (p *connPool) put(conn int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, conn)
}

// putFixed closes what comes back late.
func (p *connPool) putFixed(conn int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		p.open.Add(-1)
		return
	}
	p.idle = append(p.idle, conn)
}

func (p *connPool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.open.Add(-int32(len(p.idle)))
	p.idle = nil
}
