package treiber

import (
	"sync"
	"testing"
)

// TestSequential fills and empties a stack a few times, so that nodes are used again.
func TestSequential(t *testing.T) {
	const capacity = 3
	s := New[int](capacity, nil)
	for lap := range 4 {
		for i := range capacity {
			if !s.Push(10*lap + i) {
				t.Fatalf("lap %d: push %d was refused", lap, i)
			}
		}
		if s.Push(-1) {
			t.Fatalf("lap %d: a stack of %d took one more", lap, capacity)
		}
		for i := capacity - 1; i >= 0; i-- {
			if v, ok := s.Pop(); !ok || v != 10*lap+i {
				t.Fatalf("lap %d: pop = %d, %v, want %d", lap, v, ok, 10*lap+i)
			}
		}
		if v, ok := s.Pop(); ok || v != 0 {
			t.Fatalf("lap %d: an empty stack gave %d", lap, v)
		}
	}
}

// TestConservation lets goroutines push and pop few nodes, and asks that each value comes out once.
func TestConservation(t *testing.T) {
	const goroutines, each = 4, 2000
	s := New[int](goroutines, nil)
	seen := make([][]int, goroutines)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				if !s.Push(g*each + i) {
					t.Error("no node is free although each goroutine has at most one in use")
				}
				if v, ok := s.Pop(); ok {
					seen[g] = append(seen[g], v)
				} else {
					t.Error("empty although more pushes than pops have returned")
				}
			}
		})
	}
	wg.Wait()
	count := make([]int, goroutines*each)
	for _, list := range seen {
		for _, v := range list {
			count[v]++
		}
	}
	for v, n := range count {
		if n != 1 {
			t.Fatalf("value %d came out %d times", v, n)
		}
	}
}

// TestKeepsNothing asks that a value that was popped is not kept alive.
func TestKeepsNothing(t *testing.T) {
	s := New[*int](1, nil)
	s.Push(new(int))
	s.Pop()
	if s.nodes.Node(1).Value != nil {
		t.Error("the node still holds the value")
	}
}

func TestNoAllocations(t *testing.T) {
	s := New[int](2, nil)
	if n := testing.AllocsPerRun(100, func() { s.Push(1); s.Pop() }); n != 0 {
		t.Errorf("%v allocations in a push and a pop, want none", n)
	}
}
