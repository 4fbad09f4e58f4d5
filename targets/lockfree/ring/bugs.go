package ring

import "github.com/concurrency-god-mode/godmode/harness/point"

// This file holds wrong twins of Ring: each makes one mistake that people make, in one method, and inherits the rest. They exist so that
// a test harness can be seen to find them. Positions and sequence numbers are those of the package comment.

// OffByOne frees a slot for the wrong position.
//
// The mistake: TryGet stores 2(pos+n-1), which is the number of the position before the right one. It looks right because
// "pos + mask" stands in the textbook, followed by a "+ 1" that is easily taken for noise.
// The effect: no producer ever finds the slot free again; it is not full either, so TryPut waits for ever (in the textbook ring it would say
// "full" for ever). Shortest run, with capacity 1 and one goroutine: put, get, put.
// Caught by: every engine that notices a hang; check, without any concurrency.
type OffByOne[T any] struct{ *Ring[T] }

// NewOffByOne returns a ring with the mistake of [OffByOne].
func NewOffByOne[T any](capacity int, at *point.Hook) *OffByOne[T] {
	return &OffByOne[T]{New[T](capacity, at)}
}

// TryGet removes the oldest value and frees its slot for the wrong position.
func (r *OffByOne[T]) TryGet() (v T, ok bool) {
	for {
		r.at.At("get:head")
		pos := r.head.Load()
		s := r.slot(pos)
		r.at.At("get:seq")
		seq := s.seq.Load()
		if seq == 2*pos+1 {
			r.at.At("get:claim")
			if r.head.CompareAndSwap(pos, pos+1) {
				r.at.At("get:read")
				v, s.val = s.val, v
				r.at.At("get:free")
				s.seq.Store(2 * (pos + r.n - 1))
				return v, true
			}
		} else if seq < 2*pos+1 && r.empty(s, seq, pos) {
			return v, false
		}
	}
}

// LostClaim claims a position by a load and a store.
//
// The mistake: tail.Store(pos+1) where a compare-and-swap is due. It looks right because both are atomic operations, the slot has just
// been seen free, and it never fails with one producer.
// The effect: two producers own one slot, and one value is lost although both report success. Shortest interleaving: A and B both get as
// far as put:claim for the same position; then both go on.
// Caught by: check (not linearizable: a value that was put is never there), race (both write the slot). Stress sees it as well, often as a hang.
type LostClaim[T any] struct{ *Ring[T] }

// NewLostClaim returns a ring with the mistake of [LostClaim].
func NewLostClaim[T any](capacity int, at *point.Hook) *LostClaim[T] {
	return &LostClaim[T]{New[T](capacity, at)}
}

// TryPut appends v at a position that another producer may own as well.
func (r *LostClaim[T]) TryPut(v T) bool {
	for {
		r.at.At("put:tail")
		pos := r.tail.Load()
		s := r.slot(pos)
		r.at.At("put:seq")
		seq := s.seq.Load()
		if seq == 2*pos {
			r.at.At("put:claim")
			r.tail.Store(pos + 1)
			r.at.At("put:write")
			s.val = v
			r.at.At("put:publish")
			s.seq.Store(2*pos + 1)
			return true
		} else if seq < 2*pos && r.full(s, seq, pos) {
			return false
		}
	}
}

// EarlyPublish publishes a slot before it has written the value.
//
// The mistake: the two last lines of TryPut are swapped. It looks right because the position is claimed and the slot belongs to this
// producer alone, so the order of its own two writes seems to be its own business.
// The effect: a consumer takes the old content of the slot, and the value is written into a slot that is free by then. Shortest
// interleaving: the producer stops between the two lines; one TryGet.
// Caught by: check and stress (not linearizable: a value that nobody put), race (the write is not ordered before the read).
type EarlyPublish[T any] struct{ *Ring[T] }

// NewEarlyPublish returns a ring with the mistake of [EarlyPublish].
func NewEarlyPublish[T any](capacity int, at *point.Hook) *EarlyPublish[T] {
	return &EarlyPublish[T]{New[T](capacity, at)}
}

// TryPut appends v, and says so too early.
func (r *EarlyPublish[T]) TryPut(v T) bool {
	for {
		r.at.At("put:tail")
		pos := r.tail.Load()
		s := r.slot(pos)
		r.at.At("put:seq")
		seq := s.seq.Load()
		if seq == 2*pos {
			r.at.At("put:claim")
			if r.tail.CompareAndSwap(pos, pos+1) {
				r.at.At("put:publish")
				s.seq.Store(2*pos + 1)
				r.at.At("put:write")
				s.val = v
				return true
			}
		} else if seq < 2*pos && r.full(s, seq, pos) {
			return false
		}
	}
}

// Hasty answers "full" and "empty" as the textbook does, from the slot alone.
//
// The mistake: the slot of the next position is not ready, hence the ring is full (or empty); the other index is not asked. It looks right
// because it is Vyukov's original code, which promises no more; the mistake is to rely on more.
// The effect: "empty" of a ring that holds a value whose put has returned, or "full" of an empty one. Shortest interleaving: producer A
// claims and stops at put:write; producer B puts and returns; TryGet says "empty".
// Caught by: check and stress (not linearizable).
type Hasty[T any] struct{ *Ring[T] }

// NewHasty returns a ring with the mistake of [Hasty].
func NewHasty[T any](capacity int, at *point.Hook) *Hasty[T] {
	return &Hasty[T]{New[T](capacity, at)}
}

// TryPut appends v, or reports false if the slot is not free, whatever the reason.
func (r *Hasty[T]) TryPut(v T) bool {
	r.at.At("put:tail")
	pos := r.tail.Load()
	r.at.At("put:seq")
	if r.slot(pos).seq.Load() < 2*pos {
		return false
	}
	return r.Ring.TryPut(v)
}

// TryGet removes the oldest value, or reports false if the slot is not filled, whatever the reason.
func (r *Hasty[T]) TryGet() (T, bool) {
	r.at.At("get:head")
	pos := r.head.Load()
	r.at.At("get:seq")
	if r.slot(pos).seq.Load() < 2*pos+1 {
		var zero T
		return zero, false
	}
	return r.Ring.TryGet()
}

// CachedHead keeps the last head that a producer has seen in an ordinary variable.
//
// The mistake: in a ring with one producer it is a well-known gain to remember head and to read it afresh only if the ring seems full. Carried
// over to many producers, the remembered value is an ordinary variable that all of them read and write. It looks right because an old
// value is harmless: head only grows, so an old one only makes the ring seem fuller, and then it is read afresh.
// The effect: a data race. Where a word is read and written in one piece no answer is ever wrong, which is why tests pass; the language
// promises no such thing, and a 32-bit machine reads two halves of different values. Shortest run: two producers find the ring full.
// Caught by: race, and by nothing else.
type CachedHead[T any] struct {
	*Ring[T]
	cached uint64
}

// NewCachedHead returns a ring with the mistake of [CachedHead].
func NewCachedHead[T any](capacity int, at *point.Hook) *CachedHead[T] {
	return &CachedHead[T]{Ring: New[T](capacity, at)}
}

// TryPut appends v, unless the remembered head and then the real one say that the ring is full.
func (r *CachedHead[T]) TryPut(v T) bool {
	r.at.At("put:tail")
	pos := r.tail.Load()
	r.at.At("put:head")
	if r.cached+r.n <= pos {
		r.at.At("put:head")
		head := r.head.Load()
		r.cached = head
		if head+r.n == pos {
			return false
		}
	}
	return r.Ring.TryPut(v)
}

// TornLen subtracts two positions that it read one after the other.
//
// The mistake: Len does not look at head again. It looks right because both positions only grow, so the difference seems to be at most
// a little out of date.
// The effect: while Len stands between its two loads, values go through the ring; tail moves on and the head that was read does not. The answer
// may exceed the capacity. Shortest run: Len reads head; put, get, put; Len reads tail and says 2 of a ring that never held more than 1.
// Caught by: check and stress (not linearizable).
type TornLen[T any] struct{ *Ring[T] }

// NewTornLen returns a ring with the mistake of [TornLen].
func NewTornLen[T any](capacity int, at *point.Hook) *TornLen[T] {
	return &TornLen[T]{New[T](capacity, at)}
}

// Len returns how many positions lie between a head and a later tail.
func (r *TornLen[T]) Len() int {
	r.at.At("len:head")
	head := r.head.Load()
	r.at.At("len:tail")
	return int(r.tail.Load() - head)
}
