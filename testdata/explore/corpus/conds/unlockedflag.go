package conds

import (
	"sync"
	"sync/atomic"
)

// A gate is opened once.
type gate struct {
	mu     sync.Mutex
	opened *sync.Cond
	open   atomic.Bool
}

func newGate() *gate {
	g := new(gate)
	g.opened = sync.NewCond(&g.mu)
	return g
}

func (g *gate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open.Load() {
		g.opened.Wait()
	}
}

// release needs no lock: the flag is atomic.
func (g *gate) release() {
	g.open.Store(true)
	g.opened.Broadcast()
}

// releaseFixed does not come between the look at the flag and the wait.
func (g *gate) releaseFixed() {
	g.mu.Lock()
	g.open.Store(true)
	g.mu.Unlock()
	g.opened.Broadcast()
}
