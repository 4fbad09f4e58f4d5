package counter

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// Sites are the points that the counter passes, each in front of the access that it is named after.
var Sites = []string{"add", "sum:read", "exact:read"}

// line is the distance in bytes that keeps two stripes off one cache line: two lines, because common processors fetch them in pairs.
const line = 128

// perProcessor is the number of stripes for each processor, in a counter that chooses it.
const perProcessor = 8

// stripe is one part of the total. It never falls.
type stripe struct {
	n atomic.Uint64
	_ [line - 8]byte
}

// A Counter is a total that only grows, modulo 2^64. It must be made by [New] and must not be copied. It is safe for concurrent use.
type Counter struct {
	stripes []stripe // a power of two of them
	shift   uint     // 64 - log2(len(stripes))
	at      *point.Hook
}

// New returns a counter at 0 with at least as many stripes, rounded up to a power of two; 0 or less lets New choose, by GOMAXPROCS at that moment. The
// hook is nil in production.
func New(stripes int, at *point.Hook) *Counter {
	if stripes <= 0 {
		stripes = perProcessor * runtime.GOMAXPROCS(0)
	}
	log := bits.Len(uint(stripes - 1))
	return &Counter{stripes: make([]stripe, 1<<log), shift: uint(64 - log), at: at}
}

// Stripes returns the number of stripes.
func (c *Counter) Stripes() int { return len(c.stripes) }

// Add adds d, to a stripe that depends on the calling goroutine.
func (c *Counter) Add(d uint64) {
	c.at.At("add")
	c.stripes[here()>>c.shift&uint64(len(c.stripes)-1)].n.Add(d)
}

// AddTo adds d to the given stripe, modulo their number. It is for callers that number themselves, as the workers of a pool do: those never meet.
func (c *Counter) AddTo(i int, d uint64) {
	c.at.At("add")
	c.stripes[i&(len(c.stripes)-1)].n.Add(d)
}

// Sum returns the total, as it is found by reading one stripe after another. See the package comment for what that is worth.
func (c *Counter) Sum() uint64 {
	total := uint64(0)
	for i := range c.stripes {
		c.at.At("sum:read")
		total += c.stripes[i].n.Load()
	}
	return total
}

// Exact returns the total as it was at one moment during the call. It repeats for as long as others add.
func (c *Counter) Exact() uint64 {
	for last := c.collect(); ; {
		next := c.collect()
		if next == last {
			return next
		}
		last = next
	}
}

// collect is Sum at points of its own.
func (c *Counter) collect() uint64 {
	total := uint64(0)
	for i := range c.stripes {
		c.at.At("exact:read")
		total += c.stripes[i].n.Load()
	}
	return total
}

// here returns a hash of where the calling goroutine's stack is. The address is used as a number only: if the stack moves, the next call has
// another, which is as good. Shifting by 64, as with one stripe, gives 0.
func here() uint64 {
	var b byte
	return uint64(uintptr(unsafe.Pointer(&b))>>11) * 0x9e3779b97f4a7c15
}
