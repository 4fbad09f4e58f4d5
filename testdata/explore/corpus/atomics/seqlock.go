package atomics

import "sync/atomic"

// A position is written by one goroutine and read by many. The version is odd while it is written.
type position struct {
	version atomic.Uint64
	x, y    atomic.Int64
}

func (p *position) set(x, y int64) {
	p.version.Add(1)
	p.x.Store(x)
	p.y.Store(y)
	p.version.Add(1)
}

// get reports false if the position is being written.
func (p *position) get() (x, y int64, ok bool) {
	if p.version.Load()%2 == 1 {
		return 0, 0, false
	}
	return p.x.Load(), p.y.Load(), true
}

// getFixed also looks whether a write began in the meantime.
func (p *position) getFixed() (x, y int64, ok bool) {
	before := p.version.Load()
	x, y = p.x.Load(), p.y.Load()
	return x, y, before%2 == 0 && p.version.Load() == before
}
