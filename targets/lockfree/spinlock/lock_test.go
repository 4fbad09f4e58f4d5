package spinlock

import (
	"math"
	"sync"
	"testing"
)

// locks are tested by one table, with the standard library's mutex as the reference.
var locks = []struct {
	name string
	make func() sync.Locker
}{
	{"reference", func() sync.Locker { return new(sync.Mutex) }},
	{"spin", func() sync.Locker { return new(SpinLock) }},
	{"ticket", func() sync.Locker { return new(TicketLock) }},
	{"ticket near the last number", func() sync.Locker { return newTicketAt(math.MaxUint32-100, nil) }},
}

func TestExclusion(t *testing.T) {
	const goroutines, each = 4, 2000
	for _, c := range locks {
		g := guard(c.make(), nil)
		var wg sync.WaitGroup
		for range goroutines {
			wg.Go(func() {
				for range each {
					if p := g.Bump(); p.A != p.B {
						t.Errorf("%s: saw half of a change: %v", c.name, p)
					}
				}
			})
		}
		wg.Wait()
		if g.pair.A != goroutines*each || g.pair.B != goroutines*each {
			t.Errorf("%s: %v, want %d twice", c.name, g.pair, goroutines*each)
		}
	}
}

func TestTryLock(t *testing.T) {
	var l SpinLock
	if !l.TryLock() {
		t.Fatal("an open lock was refused")
	}
	if l.TryLock() {
		t.Fatal("a held lock was given")
	}
	l.Unlock()
	if !l.TryLock() {
		t.Fatal("a lock that was let go was refused")
	}
}

func TestUnlockOfOpen(t *testing.T) {
	for _, c := range locks[1:] {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: Unlock of an open lock did not panic", c.name)
				}
			}()
			c.make().Unlock()
		}()
	}
}

// TestOrderOfTickets draws tickets first and waits for them in the opposite order: they are served as drawn.
func TestOrderOfTickets(t *testing.T) {
	const n = 6
	l := newTicketAt(math.MaxUint32-2, nil)
	tickets := make([]Ticket, n)
	for i := range tickets {
		tickets[i] = l.Draw()
	}
	var served []int
	var wg sync.WaitGroup
	for i := n - 1; i >= 0; i-- {
		wg.Go(func() {
			l.Wait(tickets[i])
			served = append(served, i)
			l.Unlock()
		})
	}
	wg.Wait()
	for i, got := range served {
		if got != i {
			t.Fatalf("served %v", served)
		}
	}
}

func TestInOrder(t *testing.T) {
	for _, c := range []struct {
		served []Ticket
		ok     bool
	}{
		{nil, true}, {[]Ticket{5}, true}, {[]Ticket{5, 6, 7}, true}, {[]Ticket{math.MaxUint32, 0, 1}, true},
		{[]Ticket{6, 5}, false}, {[]Ticket{5, 5}, false}, {[]Ticket{5, 7, 6}, false},
	} {
		if err := (&ordered{served: c.served}).inOrder(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.served, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	for _, c := range locks {
		l := c.make()
		held := 0
		if n := testing.AllocsPerRun(100, func() { l.Lock(); held++; l.Unlock() }); n != 0 {
			t.Errorf("%s: %v allocations, want none", c.name, n)
		}
	}
}
