// Package msqueue is a lock-free queue.
//
// # The idea
//
// A queue changes at both ends, and a word can be swapped only at one. Michael and Scott split enqueue into two steps that anybody may finish: link the new
// node behind the last, then swing the tail to it. In between the tail lags behind, by one node at most; whoever finds it lagging swings it before
// doing anything else. That helping is what makes the queue lock-free: a goroutine that stops between its two steps leaves work that others do for it. A dummy
// node at the head keeps the two ends apart, so that an empty queue has no special case.
//
// M. M. Michael and M. L. Scott, Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue Algorithms, PODC 1996, figure 1.
//
// # Where an operation takes effect
//
// An enqueue takes effect when its node is linked, a successful dequeue when the head is swapped. A dequeue of the empty queue takes effect when it
// reads that the dummy has no successor, provided that the dummy is still the head afterwards.
//
// # Values are words
//
// A dequeue must read the value before it swaps the head, because afterwards the node may be recycled at once; so it may read a node
// that is being written for its next life, find out at the swap, and throw the value away. For a value of many words that would be a data race, in Go an
// error even if the value is not used. Values are therefore single words that are read and written atomically: numbers, or handles into a table.
// The paper's C code makes the same assumption silently (line D11).
//
// # When not to use it
//
// A buffered channel is faster, blocks when asked to, and works with select; BENCHMARKS.md in the directory above has both. This queue is for where
// a goroutine that is not running must never keep others from the queue.
package msqueue

import (
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/arena"
)

// A Word is a value that fits into one machine word.
type Word interface {
	~int | ~int64 | ~int32 | ~uint | ~uint64 | ~uint32
}

// A Queue is a first-in first-out queue of at most its capacity of values. It is safe for concurrent use and allocates nothing after New.
type Queue[T Word] struct {
	head  arena.Word
	_     [56]byte // head and tail are written by different goroutines: keep them on different cache lines
	tail  arena.Word
	_     [56]byte
	nodes *arena.Arena[atomic.Uint64]
	at    *point.Hook
}

// New returns an empty queue with room for capacity values. The hook may be nil.
func New[T Word](capacity int, at *point.Hook) *Queue[T] {
	q := &Queue[T]{nodes: arena.New[atomic.Uint64](capacity + 1), at: at}
	dummy, _ := q.nodes.Alloc()
	q.head.Store(arena.Make(dummy, 0))
	q.tail.Store(arena.Make(dummy, 0))
	return q
}

// Sites are the points that the queue passes, each in front of the access that it is named after.
var Sites = []string{
	"enqueue:tail", "enqueue:next", "enqueue:recheck", "enqueue:link", "enqueue:swing", "enqueue:help",
	"dequeue:head", "dequeue:tail", "dequeue:next", "dequeue:recheck", "dequeue:help", "dequeue:value", "dequeue:swap",
}

// Enqueue puts v at the end, and reports whether there was a free node.
func (q *Queue[T]) Enqueue(v T) bool {
	i, ok := q.node(v)
	if !ok {
		return false
	}
	for {
		tail, next, ok := q.last()
		if !ok {
			continue
		}
		if next.Index() != arena.Nil {
			q.at.At("enqueue:help")
			q.tail.CompareAndSwap(tail, tail.To(next.Index()))
			continue
		}
		q.at.At("enqueue:link")
		if q.nodes.Node(tail.Index()).Next.CompareAndSwap(next, next.To(i)) {
			q.at.At("enqueue:swing")
			q.tail.CompareAndSwap(tail, tail.To(i)) // if it fails, somebody helped
			return true
		}
	}
}

// node takes a free node and fills it. Its successor becomes none, with the next tag: a stale link to its earlier life must fail.
func (q *Queue[T]) node(v T) (uint32, bool) {
	i, ok := q.nodes.Alloc()
	if !ok {
		return arena.Nil, false
	}
	node := q.nodes.Node(i)
	node.Value.Store(uint64(v))
	node.Next.Store(node.Next.Load().To(arena.Nil))
	return i, true
}

// last returns the tail and its successor, and whether both were read while the tail was the tail.
func (q *Queue[T]) last() (tail, next arena.Ref, ok bool) {
	q.at.At("enqueue:tail")
	tail = q.tail.Load()
	q.at.At("enqueue:next")
	next = q.nodes.Node(tail.Index()).Next.Load()
	q.at.At("enqueue:recheck")
	return tail, next, q.tail.Load() == tail
}

// Dequeue takes the value at the front, and reports whether there was one.
func (q *Queue[T]) Dequeue() (T, bool) {
	for {
		head, tail, next := q.first()
		q.at.At("dequeue:recheck")
		if q.head.Load() != head {
			continue
		}
		if head.Index() == tail.Index() {
			if next.Index() == arena.Nil {
				return 0, false
			}
			q.at.At("dequeue:help")
			q.tail.CompareAndSwap(tail, tail.To(next.Index()))
			continue
		}
		if v, ok := q.take(head, next); ok {
			return v, true
		}
	}
}

// first returns the head, the tail and the head's successor, each as it was at some moment.
func (q *Queue[T]) first() (head, tail, next arena.Ref) {
	q.at.At("dequeue:head")
	head = q.head.Load()
	q.at.At("dequeue:tail")
	tail = q.tail.Load()
	q.at.At("dequeue:next")
	return head, tail, q.nodes.Node(head.Index()).Next.Load()
}

// take makes the successor the new dummy, and returns its value, unless the head has changed.
func (q *Queue[T]) take(head, next arena.Ref) (T, bool) {
	q.at.At("dequeue:value")
	v := T(q.nodes.Node(next.Index()).Value.Load())
	q.at.At("dequeue:swap")
	if !q.head.CompareAndSwap(head, head.To(next.Index())) {
		return 0, false
	}
	q.nodes.Free(head.Index())
	return v, true
}
