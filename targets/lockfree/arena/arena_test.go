package arena

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestRef(t *testing.T) {
	r := Make(7, 1<<32-1)
	if r.Index() != 7 || r.Tag() != 1<<32-1 {
		t.Errorf("index %d, tag %d", r.Index(), r.Tag())
	}
	if n := r.To(9); n.Index() != 9 || n.Tag() != 0 {
		t.Errorf("the tag after the last is %d, index %d", n.Tag(), n.Index())
	}
}

// TestLastFreedFirst is the order that makes ABA likely.
func TestLastFreedFirst(t *testing.T) {
	a := New[int](3)
	for want := uint32(1); want <= 3; want++ {
		if i, ok := a.Alloc(); !ok || i != want {
			t.Fatalf("got %d, want %d", i, want)
		}
	}
	if _, ok := a.Alloc(); ok {
		t.Fatal("a fourth node of three")
	}
	a.Free(2)
	a.Free(1)
	if i, _ := a.Alloc(); i != 1 {
		t.Errorf("got %d, want the node freed last", i)
	}
}

// TestNoNodeTwice lets goroutines take and give back nodes, and asks that no two hold the same.
func TestNoNodeTwice(t *testing.T) {
	const nodes, rounds = 5, 5000
	a := New[int](nodes)
	owners := make([]atomic.Int32, nodes+1)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range rounds {
				i, ok := a.Alloc()
				if !ok {
					continue
				}
				if owners[i].Add(1) != 1 {
					t.Errorf("node %d has two owners", i)
				}
				a.Node(i).Value++ // plain: the race detector must see ownership handed on
				owners[i].Add(-1)
				a.Free(i)
			}
		})
	}
	wg.Wait()
	for n := range nodes {
		if _, ok := a.Alloc(); !ok {
			t.Fatalf("only %d of %d nodes came back", n, nodes)
		}
	}
}
