package ring

import (
	"runtime"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// Sites are the names of the points, each directly in front of one access to shared memory. The owner of a slot is between its claim and
// its publication at put:write and put:publish, get:read, get:clear and get:free: a goroutine stalled there stops others.
var Sites = []string{
	"put:tail",    // load of tail
	"put:seq",     // load of the slot's sequence number
	"put:head",    // load of head, to tell full from busy
	"put:claim",   // compare-and-swap of tail
	"put:write",   // write of the value
	"put:publish", // store of the sequence number: full
	"get:head",    // load of head
	"get:seq",     // load of the slot's sequence number
	"get:tail",    // load of tail, to tell empty from busy
	"get:claim",   // compare-and-swap of head
	"get:read",    // read of the value
	"get:clear",   // write of the zero value, so that the ring keeps nothing alive
	"get:free",    // store of the sequence number: free for the next lap
	"len:head",    // load of head
	"len:tail",    // load of tail
	"len:again",   // second load of head
}

// line is the distance in bytes that keeps two words off one cache line: two lines, because common processors fetch them in pairs.
const line = 128

// A Ring is a bounded first-in first-out queue for any number of producers and consumers. It must be made by [New] and must not be copied.
//
// All operations are linearizable: they behave like those of a sequential queue that holds at most Cap values, including the exact moment
// at which it is full or empty. None allocates. See the package comment for what happens while a goroutine is stalled inside one.
type Ring[T any] struct {
	slots []slot[T]
	n     uint64 // len(slots)
	mask  uint64 // n-1 if n is a power of two greater than one, else 0
	at    *point.Hook
	_     [line]byte
	tail  atomic.Uint64 // next position to put; at most head+n
	_     [line - 8]byte
	head  atomic.Uint64 // next position to get; at most tail
	_     [line - 8]byte
}

// slot holds one value. The pad makes a slot of a one-word value one cache line of 64 bytes.
type slot[T any] struct {
	seq atomic.Uint64 // 2p: free for position p; 2p+1: holds the value of position p
	val T             // owned by whoever has claimed the position and not yet published
	_   [48]byte
}

// New returns an empty ring for capacity values; a capacity below 1 counts as 1. Any capacity will do; a power of two saves a division
// in each operation. It allocates 56 bytes and the size of T for each slot. The hook is told of every access to shared memory; it
// is nil in production.
func New[T any](capacity int, at *point.Hook) *Ring[T] {
	n := uint64(max(capacity, 1))
	r := &Ring[T]{slots: make([]slot[T], n), n: n, at: at}
	if n&(n-1) == 0 {
		r.mask = n - 1
	}
	for p := range n {
		r.slots[p].seq.Store(2 * p)
	}
	return r
}

// Cap returns the number of values that the ring can hold.
func (r *Ring[T]) Cap() int { return int(r.n) }

// Len returns the number of values in the ring at one moment during the call.
func (r *Ring[T]) Len() int {
	for {
		r.at.At("len:head")
		head := r.head.Load()
		r.at.At("len:tail")
		tail := r.tail.Load()
		r.at.At("len:again")
		if r.head.Load() == head {
			return int(tail - head)
		}
	}
}

// TryPut appends v, or reports false if the ring is full. It never waits for room, only for a TryGet that has taken a value out of the
// very slot and is about to say so.
func (r *Ring[T]) TryPut(v T) bool {
	pos, ok := r.claimTail()
	if !ok {
		return false
	}
	s := r.slot(pos)
	r.at.At("put:write")
	s.val = v
	r.at.At("put:publish")
	s.seq.Store(2*pos + 1)
	return true
}

// TryGet removes the oldest value, or reports false, with the zero value, if the ring is empty. It never waits for a value, only for a
// TryPut that has been given the position and is about to fill it.
func (r *Ring[T]) TryGet() (T, bool) {
	pos, ok := r.claimHead()
	if !ok {
		var zero T
		return zero, false
	}
	v := r.take(pos)
	r.at.At("get:free")
	r.slot(pos).seq.Store(2 * (pos + r.n))
	return v, true
}

// claimTail gives the caller a position to put, and with it the slot, until it stores 2pos+1 into the sequence number. It reports false if
// the ring is full.
func (r *Ring[T]) claimTail() (pos uint64, ok bool) {
	for round := 0; ; round++ {
		r.at.At("put:tail")
		pos = r.tail.Load()
		r.at.At("put:seq")
		seq := r.slot(pos).seq.Load()
		if seq == 2*pos {
			r.at.At("put:claim")
			if r.tail.CompareAndSwap(pos, pos+1) {
				return pos, true
			}
		}
		if seq < 2*pos {
			r.at.At("put:head")
			if r.head.Load()+r.n == pos {
				return 0, false
			}
			pause(round)
		}
	}
}

// claimHead gives the caller a position to get, and with it the slot, until it stores 2(pos+n) into the sequence number. It reports false if
// the ring is empty.
func (r *Ring[T]) claimHead() (pos uint64, ok bool) {
	for round := 0; ; round++ {
		r.at.At("get:head")
		pos = r.head.Load()
		r.at.At("get:seq")
		seq := r.slot(pos).seq.Load()
		if seq == 2*pos+1 {
			r.at.At("get:claim")
			if r.head.CompareAndSwap(pos, pos+1) {
				return pos, true
			}
		}
		if seq < 2*pos+1 {
			r.at.At("get:tail")
			if r.tail.Load() == pos {
				return 0, false
			}
			pause(round)
		}
	}
}

// take moves the value out of the slot of a claimed position.
func (r *Ring[T]) take(pos uint64) T {
	var zero T
	s := r.slot(pos)
	r.at.At("get:read")
	v := s.val
	r.at.At("get:clear")
	s.val = zero
	return v
}

// slot returns the slot of a position.
func (r *Ring[T]) slot(pos uint64) *slot[T] {
	if r.mask != 0 {
		return &r.slots[pos&r.mask]
	}
	return &r.slots[pos%r.n]
}

// pause gives way in a loop that waits for a peer: a few rounds at full speed, because the wait is usually a few instructions long, then
// the processor, because the peer may need this very one.
func pause(round int) {
	if round >= 16 {
		runtime.Gosched()
	}
}
