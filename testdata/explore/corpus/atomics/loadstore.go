package atomics

import "sync/atomic"

// A meter counts bytes.
type meter struct {
	bytes atomic.Int64
}

func (m *meter) add(n int64) {
	total := m.bytes.Load()
	m.bytes.Store(total + n)
}

func (m *meter) addFixed(n int64) { m.bytes.Add(n) }
