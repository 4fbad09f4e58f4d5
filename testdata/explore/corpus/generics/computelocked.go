package generics

import "sync"

// A memo computes each value once.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
}

func newMemo[K comparable, V any]() *memo[K, V] { return &memo[K, V]{values: map[K]V{}} }

func (m *memo[K, V]) get(key K, compute func(K) V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.values[key]; ok {
		return v
	}
	v := compute(key)
	m.values[key] = v
	return v
}

// getFixed computes without the lock. Two may compute the same, and the first one to come stays.
func (m *memo[K, V]) getFixed(key K, compute func(K) V) V {
	m.mu.Lock()
	v, ok := m.values[key]
	m.mu.Unlock()
	if ok {
		return v
	}
	computed := compute(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.values[key]; ok {
		return v
	}
	m.values[key] = computed
	return computed
}
