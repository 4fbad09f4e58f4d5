package iterators

import (
	"iter"
	"sync"
)

// A journal is locked while it is read.
type journal struct {
	mu      sync.Mutex
	entries []string
}

func (j *journal) add(entry string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entry)
}

func (j *journal) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		j.mu.Lock()
		defer j.mu.Unlock()
		for _, e := range j.entries {
			if !yield(e) {
				return
			}
		}
	}
}

// same reports whether two journals begin with the same entry. It stops only iterators that have one.
func same(a, b *journal) bool {
	nextA, stopA := iter.Pull(a.all())
	nextB, stopB := iter.Pull(b.all())
	x, okA := nextA()
	if !okA {
		return false
	}
	y, okB := nextB()
	if !okB {
		return false
	}
	stopA()
	stopB()
	return x == y
}

// sameFixed stops both in any case.
func sameFixed(a, b *journal) bool {
	nextA, stopA := iter.Pull(a.all())
	defer stopA()
	nextB, stopB := iter.Pull(b.all())
	defer stopB()
	x, okA := nextA()
	y, okB := nextB()
	return okA && okB && x == y
}
