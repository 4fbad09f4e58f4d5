package msqueue

import (
	"runtime"
	"sync"
	"testing"
)

// TestSequential fills and empties a queue a few times, so that nodes are used again.
func TestSequential(t *testing.T) {
	const capacity = 3
	q := New[int](capacity, nil)
	for lap := range 4 {
		for i := range capacity {
			if !q.Enqueue(10*lap + i) {
				t.Fatalf("lap %d: enqueue %d was refused", lap, i)
			}
		}
		if q.Enqueue(-1) {
			t.Fatalf("lap %d: a queue of %d took one more", lap, capacity)
		}
		for i := range capacity {
			if v, ok := q.Dequeue(); !ok || v != 10*lap+i {
				t.Fatalf("lap %d: dequeue = %d, %v, want %d", lap, v, ok, 10*lap+i)
			}
		}
		if v, ok := q.Dequeue(); ok || v != 0 {
			t.Fatalf("lap %d: an empty queue gave %d", lap, v)
		}
	}
}

// TestOrder lets two producers and a consumer use few nodes, and asks that all values come out, those of one producer in order.
func TestOrder(t *testing.T) {
	const producers, each = 2, 3000
	q := New[int](4, nil)
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := range each {
				for !q.Enqueue(p*each + i) {
					runtime.Gosched()
				}
			}
		})
	}
	next := [producers]int{}
	for got := 0; got < producers*each; {
		v, ok := q.Dequeue()
		if !ok {
			runtime.Gosched()
			continue
		}
		got++
		if p := v / each; v%each != next[p] {
			t.Errorf("producer %d: value %d came where %d was due", p, v%each, next[p])
		} else {
			next[p]++
		}
	}
	wg.Wait()
}

func TestNoAllocations(t *testing.T) {
	q := New[int](2, nil)
	if n := testing.AllocsPerRun(100, func() { q.Enqueue(1); q.Dequeue() }); n != 0 {
		t.Errorf("%v allocations in an enqueue and a dequeue, want none", n)
	}
}
