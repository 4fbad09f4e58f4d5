package maps

import (
	"slices"
	"sync"
)

// A labelled logger adds its own labels to those of the service.
type labels struct {
	mu   sync.Mutex
	base []string
}

func newLabels() *labels {
	return &labels{base: append(make([]string, 0, 4), "service=mail")}
}

// with returns the labels of the service and one more.
func (l *labels) with(label string) []string {
	l.mu.Lock()
	base := l.base
	l.mu.Unlock()
	return append(base, label)
}

// withFixed has the append copy.
func (l *labels) withFixed(label string) []string {
	l.mu.Lock()
	base := slices.Clip(l.base)
	l.mu.Unlock()
	return append(base, label)
}
