package counter

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

func TestStripes(t *testing.T) {
	for _, c := range []struct{ asked, want int }{{1, 1}, {2, 2}, {3, 4}, {8, 8}, {9, 16}} {
		if got := New(c.asked, nil).Stripes(); got != c.want {
			t.Errorf("New(%d) has %d stripes, want %d", c.asked, got, c.want)
		}
	}
	if n := New(0, nil).Stripes(); n < perProcessor {
		t.Errorf("New(0) has %d stripes, want at least %d", n, perProcessor)
	}
	if size := unsafe.Sizeof(stripe{}); size != line {
		t.Errorf("a stripe takes %d bytes, want %d", size, line)
	}
}

// TestAdditions lets goroutines add in both ways and asks for the total while they do, and when they are done.
func TestAdditions(t *testing.T) {
	const goroutines, each = 8, 2000
	for _, stripes := range []int{1, 2, 64} {
		c := New(stripes, nil)
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				for i := range uint64(each) {
					c.Add(i)
					c.AddTo(g, 1)
				}
			})
		}
		last := uint64(0)
		for range 1000 {
			sum := c.Sum()
			if sum < last {
				t.Fatalf("a sum of %d came after one of %d", sum, last)
			}
			last = sum
		}
		wg.Wait()
		want := uint64(goroutines * (each*(each-1)/2 + each))
		if c.Sum() != want || c.Exact() != want {
			t.Errorf("%d stripes: sum %d, exact %d, want %d", stripes, c.Sum(), c.Exact(), want)
		}
	}
}

// TestSpread asks that goroutines that live at once do not all meet at one stripe.
func TestSpread(t *testing.T) {
	const goroutines = 64
	c := New(16, nil)
	var added, leave sync.WaitGroup
	leave.Add(1)
	added.Add(goroutines)
	for range goroutines {
		go func() { c.Add(1); added.Done(); leave.Wait() }()
	}
	added.Wait()
	leave.Done()
	used := 0
	for i := range c.stripes {
		if c.stripes[i].n.Load() > 0 {
			used++
		}
	}
	if used < 4 {
		t.Errorf("%d goroutines use %d of 16 stripes", goroutines, used)
	}
}

// TestSnapshot is the story of the package comment: additions to both stripes while the first has been read and the second has not. The sum is
// one that the total never was; the exact total is right.
func TestSnapshot(t *testing.T) {
	for _, ask := range []struct {
		name string
		f    func(*Counter) uint64
		want uint64
	}{{"Sum", (*Counter).Sum, 2}, {"Exact", (*Counter).Exact, 3}} {
		var c *Counter
		passed := 0
		c = New(2, point.New(func(string) {
			if passed++; passed == 2 {
				c.AddTo(0, 1)
				c.AddTo(1, 2)
			}
		}))
		if got := ask.f(c); got != ask.want {
			t.Errorf("%s is %d, want %d", ask.name, got, ask.want)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	c := New(0, nil)
	if n := testing.AllocsPerRun(100, func() { c.Add(1); c.AddTo(1, 1); c.Sum(); c.Exact() }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
