package msqueue

import (
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/arena"
)

// NoHelp is the queue in which nobody swings the tail for another: an enqueue that finds the tail lagging waits until its owner has swung it. The
// results are right. But a goroutine that stops between linking and swinging stops every other enqueue, so the queue is not lock-free.
type NoHelp[T Word] struct{ *Queue[T] }

// NewNoHelp returns an empty queue.
func NewNoHelp[T Word](capacity int, at *point.Hook) *NoHelp[T] {
	return &NoHelp[T]{New[T](capacity, at)}
}

// Enqueue waits for a lagging tail.
func (q *NoHelp[T]) Enqueue(v T) bool {
	i, ok := q.node(v)
	if !ok {
		return false
	}
	for {
		tail, next, ok := q.last()
		if !ok || next.Index() != arena.Nil {
			continue
		}
		q.at.At("enqueue:link")
		if q.nodes.Node(tail.Index()).Next.CompareAndSwap(next, next.To(i)) {
			q.at.At("enqueue:swing")
			q.tail.Store(tail.To(i)) // nobody else changes the tail
			return true
		}
	}
}

// Dequeue waits for a lagging tail too.
func (q *NoHelp[T]) Dequeue() (T, bool) {
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
			continue
		}
		if v, ok := q.take(head, next); ok {
			return v, true
		}
	}
}

// NoRecheck is the queue whose dequeue does not ask whether the head is still the head after reading its successor. It looks right because the swap would
// fail anyway; but the answer "empty" makes no swap. The shortest story: X reads head A and pauses; others take A out, and A is recycled as the last
// node of a queue that holds it. X finds that the tail is A and that A has no successor: empty, it says.
type NoRecheck[T Word] struct{ *Queue[T] }

// NewNoRecheck returns an empty queue.
func NewNoRecheck[T Word](capacity int, at *point.Hook) *NoRecheck[T] {
	return &NoRecheck[T]{New[T](capacity, at)}
}

// Dequeue believes what it read.
func (q *NoRecheck[T]) Dequeue() (T, bool) {
	for {
		head, tail, next := q.first()
		if head.Index() == tail.Index() {
			if next.Index() == arena.Nil {
				return 0, false
			}
			q.at.At("dequeue:help")
			q.tail.CompareAndSwap(tail, tail.To(next.Index()))
			continue
		}
		if next.Index() == arena.Nil {
			continue // a node in its next life; the check that is missing would have said so
		}
		if v, ok := q.take(head, next); ok {
			return v, true
		}
	}
}

// LostLink is the queue whose enqueue stores the link instead of swapping it in: of two that found the same last node, one value is gone.
type LostLink[T Word] struct{ *Queue[T] }

// NewLostLink returns an empty queue.
func NewLostLink[T Word](capacity int, at *point.Hook) *LostLink[T] {
	return &LostLink[T]{New[T](capacity, at)}
}

// Enqueue may overwrite another's link.
func (q *LostLink[T]) Enqueue(v T) bool {
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
		q.nodes.Node(tail.Index()).Next.Store(next.To(i))
		q.at.At("enqueue:swing")
		q.tail.CompareAndSwap(tail, tail.To(i))
		return true
	}
}

// SwingFirst is the queue whose enqueue moves the tail to its node before it links the node, as one would in a queue with one consumer that may wait. While
// it stops in between, whatever others enqueue behind it cannot be reached, and a dequeue says empty although an enqueue has returned.
type SwingFirst[T Word] struct{ *Queue[T] }

// NewSwingFirst returns an empty queue.
func NewSwingFirst[T Word](capacity int, at *point.Hook) *SwingFirst[T] {
	return &SwingFirst[T]{New[T](capacity, at)}
}

// Enqueue claims the tail, then links.
func (q *SwingFirst[T]) Enqueue(v T) bool {
	i, ok := q.node(v)
	if !ok {
		return false
	}
	for {
		q.at.At("enqueue:tail")
		tail := q.tail.Load()
		q.at.At("enqueue:swing")
		if !q.tail.CompareAndSwap(tail, tail.To(i)) {
			continue
		}
		last := q.nodes.Node(tail.Index())
		q.at.At("enqueue:link")
		last.Next.Store(last.Next.Load().To(i))
		return true
	}
}

// Dequeue takes a head without successor for an empty queue.
func (q *SwingFirst[T]) Dequeue() (T, bool) {
	for {
		head, _, next := q.first()
		q.at.At("dequeue:recheck")
		if q.head.Load() != head {
			continue
		}
		if next.Index() == arena.Nil {
			return 0, false
		}
		if v, ok := q.take(head, next); ok {
			return v, true
		}
	}
}
