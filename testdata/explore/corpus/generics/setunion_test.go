package generics

import (
	"sync"
	"testing"
)

// explore:want deadlock
// Two sets are added to each other: each is locked for writing and waits to read the other.
func TestSetUnionBug(t *testing.T) { uniteBoth(t, (*set[string]).union) }

func TestSetUnionFixed(t *testing.T) { uniteBoth(t, (*set[string]).unionFixed) }

func uniteBoth(t *testing.T, union func(a, b *set[string])) {
	a, b := newSet("x"), newSet("y")
	var wg sync.WaitGroup
	wg.Go(func() { union(a, b) })
	wg.Go(func() { union(b, a) })
	wg.Wait()
	if a.len() != 2 || b.len() != 2 {
		t.Errorf("%d and %d elements, want 2 and 2", a.len(), b.len())
	}
}
