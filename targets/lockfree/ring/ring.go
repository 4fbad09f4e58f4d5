package ring

import (
	"runtime"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// Sites are the names of the points, each directly in front of one access to shared memory. The owner of a slot is between its claim and
// its publication at put:write and put:publish, get:read and get:free: a goroutine stalled there stops others.
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
	"get:read",    // read of the value, and write of the zero value, so that the ring keeps nothing alive
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
	for {
		r.at.At("put:tail")
		pos := r.tail.Load()
		s := r.slot(pos)
		r.at.At("put:seq")
		seq := s.seq.Load()
		if seq == 2*pos {
			r.at.At("put:claim")
			if r.tail.CompareAndSwap(pos, pos+1) { // the slot is ours until we publish
				r.at.At("put:write")
				s.val = v
				r.at.At("put:publish")
				s.seq.Store(2*pos + 1)
				return true
			}
		} else if seq < 2*pos && r.full(s, seq, pos) {
			return false
		}
	}
}

// TryGet removes the oldest value, or reports false, with the zero value, if the ring is empty. It never waits for a value, only for a
// TryPut that has been given the position and is about to fill it.
func (r *Ring[T]) TryGet() (v T, ok bool) {
	for {
		r.at.At("get:head")
		pos := r.head.Load()
		s := r.slot(pos)
		r.at.At("get:seq")
		seq := s.seq.Load()
		if seq == 2*pos+1 {
			r.at.At("get:claim")
			if r.head.CompareAndSwap(pos, pos+1) { // the slot is ours until we free it
				r.at.At("get:read")
				v, s.val = s.val, v // v is zero: the ring must not keep alive what was taken out
				r.at.At("get:free")
				s.seq.Store(2 * (pos + r.n))
				return v, true
			}
		} else if seq < 2*pos+1 && r.empty(s, seq, pos) {
			return v, false
		}
	}
}

// full reports whether the ring is, and not only the slot of the position, which the caller has found not free: a peer may be about to free it. Then it
// gives way.
func (r *Ring[T]) full(s *slot[T], seq, pos uint64) bool {
	if !s.keeps(seq) {
		return false
	}
	r.at.At("put:head")
	if r.head.Load()+r.n == pos {
		return true
	}
	runtime.Gosched() // the peer may need this very processor
	return false
}

// empty reports whether the ring is, and not only the slot of the position, which the caller has found not filled: a peer may be about to fill it.
// Then it gives way.
func (r *Ring[T]) empty(s *slot[T], seq, pos uint64) bool {
	if !s.keeps(seq) {
		return false
	}
	r.at.At("get:tail")
	if r.tail.Load() == pos {
		return true
	}
	runtime.Gosched()
	return false
}

// looks is how often a slot that is not ready is looked at again before anything else is done about it.
const looks = 16

// keeps reports whether the sequence number stays what it is for a few looks. A peer between claim and publication needs a few instructions, and
// while it is waited for in the slot alone, the words that the other side fights for are left in peace. No point is passed in between: a
// schedule that lets nobody else run sees the same number each time.
func (s *slot[T]) keeps(seq uint64) bool {
	for range looks {
		if s.seq.Load() != seq {
			return false
		}
	}
	return true
}

// slot returns the slot of a position.
func (r *Ring[T]) slot(pos uint64) *slot[T] {
	if r.mask != 0 {
		return &r.slots[pos&r.mask]
	}
	return &r.slots[pos%r.n]
}
