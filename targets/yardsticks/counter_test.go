package yardsticks

import (
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/concurrency-god-mode/godmode/targets/lockfree/counter"
	"github.com/puzpuzpuz/xsync/v4"
)

// BenchmarkCounterAdd measures additions by 1, 2 and 8 goroutines.
func BenchmarkCounterAdd(b *testing.B) {
	for _, k := range []int{1, 2, 8} {
		name := strconv.Itoa(k) + "/"
		b.Run(name+"impl=godmode", func(b *testing.B) {
			c := counter.New(0, nil)
			together(b, k, func(_, n int) {
				for range n {
					c.Add(1)
				}
			})
		})
		b.Run(name+"impl=godmode-numbered", func(b *testing.B) {
			c := counter.New(0, nil)
			together(b, k, func(id, n int) {
				for range n {
					c.AddTo(id, 1)
				}
			})
		})
		b.Run(name+"impl=xsync", func(b *testing.B) {
			c := xsync.NewCounter()
			together(b, k, func(_, n int) {
				for range n {
					c.Add(1)
				}
			})
		})
		b.Run(name+"impl=atomic", func(b *testing.B) {
			var c atomic.Uint64
			together(b, k, func(_, n int) {
				for range n {
					c.Add(1)
				}
			})
		})
	}
}

// randomStripes is the counter with a stripe chosen by chance.
type randomStripes [16]struct {
	n atomic.Uint64
	_ [120]byte
}

func (c *randomStripes) add(d uint64) { c[rand.Uint32()%uint32(len(c))].n.Add(d) }

// BenchmarkStripeChoice measures why the stripe is chosen by the goroutine and not by chance.
func BenchmarkStripeChoice(b *testing.B) {
	for _, k := range []int{1, 2} {
		b.Run(strconv.Itoa(k)+"/impl=random", func(b *testing.B) {
			c := new(randomStripes)
			together(b, k, func(_, n int) {
				for range n {
					c.add(1)
				}
			})
		})
	}
}

// sink keeps results alive.
var sink uint64

// BenchmarkCounterSum measures what the cheap additions cost whoever asks.
func BenchmarkCounterSum(b *testing.B) {
	ours, theirs := counter.New(0, nil), xsync.NewCounter()
	var one atomic.Uint64
	for _, c := range []struct {
		name string
		ask  func() uint64
	}{
		{"godmode-sum", ours.Sum}, {"godmode-exact", ours.Exact},
		{"xsync", func() uint64 { return uint64(theirs.Value()) }}, {"atomic", one.Load},
	} {
		b.Run("impl="+c.name, func(b *testing.B) {
			for b.Loop() {
				sink = c.ask()
			}
		})
	}
}
