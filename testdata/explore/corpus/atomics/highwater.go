package atomics

import "sync/atomic"

// A gauge remembers the largest value it was given.
type gauge struct {
	highest atomic.Int64
}

func (g *gauge) observe(v int64) {
	if v > g.highest.Load() {
		g.highest.Store(v)
	}
}

// observeFixed replaces only what it has compared with.
func (g *gauge) observeFixed(v int64) {
	for {
		highest := g.highest.Load()
		if v <= highest || g.highest.CompareAndSwap(highest, v) {
			return
		}
	}
}
