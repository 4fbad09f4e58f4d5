package counter

import (
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// This file holds wrong twins of Counter: each makes one mistake that people make, in one method or two, and inherits the rest.

// LostUpdate adds by a load and a store. It looks right because both are atomic, and because a stripe seems to belong to one goroutine; but nothing keeps
// two from the same stripe. Of two that load the same value, one addition is lost.
type LostUpdate struct{ *Counter }

// NewLostUpdate returns a counter with the mistake of [LostUpdate].
func NewLostUpdate(stripes int, at *point.Hook) *LostUpdate {
	return &LostUpdate{New(stripes, at)}
}

// AddTo may undo another's addition.
func (c *LostUpdate) AddTo(i int, d uint64) {
	s := &c.stripes[i&(len(c.stripes)-1)]
	c.at.At("add")
	n := s.n.Load()
	c.at.At("add")
	s.n.Store(n + d)
}

// MissedStripe leaves the last stripe out of its sum. It looks right because "i < len-1" is taken for the last index; tests with one goroutine pass, if
// its stripe is another.
type MissedStripe struct{ *Counter }

// NewMissedStripe returns a counter with the mistake of [MissedStripe].
func NewMissedStripe(stripes int, at *point.Hook) *MissedStripe {
	return &MissedStripe{New(stripes, at)}
}

// Sum adds up all stripes but one.
func (c *MissedStripe) Sum() uint64 {
	total := uint64(0)
	for i := 0; i < len(c.stripes)-1; i++ {
		c.at.At("sum:read")
		total += c.stripes[i].n.Load()
	}
	return total
}

// OneCollect calls one collect exact. It looks right because every load is atomic; but the loads are not one atomic step, and the total need never have
// been what they add up to. With additions of 1 no test can tell.
type OneCollect struct{ *Counter }

// NewOneCollect returns a counter with the mistake of [OneCollect].
func NewOneCollect(stripes int, at *point.Hook) *OneCollect {
	return &OneCollect{New(stripes, at)}
}

// Exact is Sum.
func (c *OneCollect) Exact() uint64 { return c.collect() }

// Growing begins with one stripe and grows when goroutines meet, by copying what the stripes hold into a larger array. It looks right because the new array
// is put in place by a compare-and-swap, so that only one of two that grow at once succeeds. But whoever read the old array before still adds
// there, after its values were copied: the addition is lost. What must be copied is the reference to a stripe, not what it holds.
type Growing struct {
	array atomic.Pointer[[]stripe]
	most  int
	at    *point.Hook
}

// NewGrowing returns a counter with the mistake of [Growing] that grows to as many stripes.
func NewGrowing(stripes int, at *point.Hook) *Growing {
	c := &Growing{most: stripes, at: at}
	c.array.Store(&[]stripe{{}})
	return c
}

// AddTo adds to the stripe i, and grows if somebody else adds there at the same time.
func (c *Growing) AddTo(i int, d uint64) {
	for {
		c.at.At("add")
		array := c.array.Load()
		s := &(*array)[i%len(*array)]
		c.at.At("add")
		n := s.n.Load()
		c.at.At("add")
		if s.n.CompareAndSwap(n, n+d) {
			return
		}
		if len(*array) < c.most {
			c.grow(array)
		}
	}
}

// grow copies the values into an array twice as long.
func (c *Growing) grow(old *[]stripe) {
	array := make([]stripe, 2*len(*old))
	for i := range *old {
		c.at.At("add")
		array[i].n.Store((*old)[i].n.Load())
	}
	c.at.At("add")
	c.array.CompareAndSwap(old, &array)
}

// Sum reads the array that is in place.
func (c *Growing) Sum() uint64 {
	c.at.At("sum:read")
	array, total := *c.array.Load(), uint64(0)
	for i := range array {
		c.at.At("sum:read")
		total += array[i].n.Load()
	}
	return total
}

// Exact is the right double collect, on arrays that lose additions.
func (c *Growing) Exact() uint64 {
	for last := c.Sum(); ; {
		next := c.Sum()
		if next == last {
			return next
		}
		last = next
	}
}

// Lazy makes a stripe when it is first used. It looks right because the pointer is loaded and stored atomically; but between "there is none" and "here is
// one" another may have made it, and added to it: that stripe is dropped with what it holds. The store must be a compare-and-swap.
type Lazy struct {
	stripes []atomic.Pointer[stripe]
	at      *point.Hook
}

// NewLazy returns a counter with the mistake of [Lazy].
func NewLazy(stripes int, at *point.Hook) *Lazy {
	return &Lazy{stripes: make([]atomic.Pointer[stripe], stripes), at: at}
}

// AddTo makes the stripe if there is none.
func (c *Lazy) AddTo(i int, d uint64) {
	p := &c.stripes[i%len(c.stripes)]
	c.at.At("add")
	s := p.Load()
	if s == nil {
		s = new(stripe)
		c.at.At("add")
		p.Store(s)
	}
	c.at.At("add")
	s.n.Add(d)
}

// Sum adds up the stripes that are there.
func (c *Lazy) Sum() uint64 {
	total := uint64(0)
	for i := range c.stripes {
		c.at.At("sum:read")
		if s := c.stripes[i].Load(); s != nil {
			total += s.n.Load()
		}
	}
	return total
}

// Exact is the right double collect, on stripes that get lost.
func (c *Lazy) Exact() uint64 {
	for last := c.Sum(); ; {
		next := c.Sum()
		if next == last {
			return next
		}
		last = next
	}
}

// PlainRead adds atomically and reads without. It looks right because reading a word of the machine's size cannot tear, and on common processors it does
// not; but the language makes no promise about a word that is written atomically here and read plainly there, and a compiler may keep the value of a
// loop's first round. The race detector sees it, and no test does.
type PlainRead struct {
	*Counter
	n [2]uint64
}

// NewPlainRead returns a counter with the mistake of [PlainRead]. It always has two stripes.
func NewPlainRead(_ int, at *point.Hook) *PlainRead {
	return &PlainRead{Counter: New(2, at)}
}

// AddTo adds atomically.
func (c *PlainRead) AddTo(i int, d uint64) {
	c.at.At("add")
	atomic.AddUint64(&c.n[i&1], d)
}

// Sum reads the stripes as if they were its own.
func (c *PlainRead) Sum() uint64 {
	c.at.At("sum:read")
	total := c.n[0]
	c.at.At("sum:read")
	return total + c.n[1]
}

// Exact reads atomically, and collects twice.
func (c *PlainRead) Exact() uint64 {
	for last := c.loads(); ; {
		next := c.loads()
		if next == last {
			return next
		}
		last = next
	}
}

// loads is one collect.
func (c *PlainRead) loads() uint64 {
	c.at.At("exact:read")
	total := atomic.LoadUint64(&c.n[0])
	c.at.At("exact:read")
	return total + atomic.LoadUint64(&c.n[1])
}
