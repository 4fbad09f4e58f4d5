package oncepool

import (
	"sync"
	"sync/atomic"
)

// A migration runs before the first query.
type migration struct {
	started atomic.Bool
	once    sync.Once
	tables  atomic.Int32
}

func (m *migration) run() { m.tables.Store(3) }

// ensure runs the migration once.
func (m *migration) ensure() {
	if m.started.CompareAndSwap(false, true) {
		m.run()
	}
}

// ensureFixed also waits for a migration that somebody else runs.
func (m *migration) ensureFixed() { m.once.Do(m.run) }

func (m *migration) query() int32 { return m.tables.Load() }
