package maps

import "sync"

// A metricSet makes each counter when it is first asked for.
type metricSet struct {
	mu       sync.Mutex
	counters map[string]*counter
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) inc() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func newMetricSet() *metricSet { return &metricSet{counters: map[string]*counter{}} }

// counter takes the lock only to add.
func (m *metricSet) counter(name string) *counter {
	if c, ok := m.counters[name]; ok {
		return c
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counters[name] == nil {
		m.counters[name] = new(counter)
	}
	return m.counters[name]
}

// counterFixed locks to look, too.
func (m *metricSet) counterFixed(name string) *counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counters[name] == nil {
		m.counters[name] = new(counter)
	}
	return m.counters[name]
}
