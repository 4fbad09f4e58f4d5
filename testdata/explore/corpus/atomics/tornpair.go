package atomics

import (
	"sync"
	"sync/atomic"
)

// A latency histogram keeps the sum and the number of its samples. Each sample is 10.
type latency struct {
	sum, count atomic.Int64
}

func (l *latency) record() {
	l.sum.Add(10)
	l.count.Add(1)
}

func (l *latency) read() (sum, count int64) { return l.sum.Load(), l.count.Load() }

// A fixedLatency changes both under one lock.
type fixedLatency struct {
	mu         sync.Mutex
	sum, count int64
}

func (l *fixedLatency) record() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum += 10
	l.count++
}

func (l *fixedLatency) read() (sum, count int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum, l.count
}
