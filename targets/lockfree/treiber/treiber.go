// Package treiber is a lock-free stack.
//
// # The idea
//
// A stack is a list, and a list changes at its head only. So one word, the reference to the first node, is all that goroutines fight for: whoever wants
// to push or pop reads the head, prepares the new head in private, and swaps it in if the head is still what was read. If it is not, somebody else succeeded
// in between, and one tries again. A failed attempt therefore always means somebody's progress: the stack is lock-free. It is not wait-free; one goroutine
// may lose every time.
//
// R. K. Treiber, Systems Programming: Coping with Parallelism, IBM RJ 5118, 1986, section on the free-space list.
//
// # Where an operation takes effect
//
// A push and a successful pop take effect at their successful compare-and-swap of the head. A pop of the empty stack takes effect where it read the
// head.
//
// # The ABA problem
//
// Between the read of the head A and the swap, pop has read A's successor B. If others meanwhile pop A, pop B, and push A again, the head is A once more and the
// swap succeeds, but B is not A's successor now: it is free, or part of something else. Nodes live on an [arena.Arena], which hands out the node freed last, so
// this happens soon where it can. The remedy is a tag beside the index in the head, raised by every change: the head is then never the same twice.
//
// # When not to use it
//
// All goroutines meet at one word. On few cores, or with anything but a push or pop in the critical section, a mutex around a slice is faster;
// BENCHMARKS.md in the directory above has both. What the mutex cannot offer is progress while the goroutine inside is not running.
package treiber

import (
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/arena"
)

// A Stack is a last-in first-out stack of at most its capacity of values. It is safe for concurrent use and allocates nothing after New.
type Stack[T any] struct {
	head  arena.Word
	nodes *arena.Arena[T]
	at    *point.Hook
}

// New returns an empty stack with room for capacity values. The hook may be nil.
func New[T any](capacity int, at *point.Hook) *Stack[T] {
	return &Stack[T]{nodes: arena.New[T](capacity), at: at}
}

// Sites are the points that the stack passes, each in front of the access that it is named after.
var Sites = []string{"push:load", "push:next", "push:cas", "pop:load", "pop:next", "pop:cas"}

// Push puts v on top, and reports whether there was a free node.
func (s *Stack[T]) Push(v T) bool {
	i, ok := s.nodes.Alloc()
	if !ok {
		return false
	}
	node := s.nodes.Node(i)
	node.Value = v
	for {
		s.at.At("push:load")
		head := s.head.Load()
		s.at.At("push:next")
		node.Next.Store(head)
		s.at.At("push:cas")
		if s.head.CompareAndSwap(head, head.To(i)) {
			return true
		}
	}
}

// Pop takes the value on top, and reports whether there was one.
func (s *Stack[T]) Pop() (T, bool) {
	for {
		s.at.At("pop:load")
		head := s.head.Load()
		if head.Index() == arena.Nil {
			var zero T
			return zero, false
		}
		s.at.At("pop:next")
		next := s.nodes.Node(head.Index()).Next.Load()
		s.at.At("pop:cas")
		if s.head.CompareAndSwap(head, head.To(next.Index())) {
			return s.take(head.Index()), true
		}
	}
}

// take empties a node that was popped, which is the caller's now, and frees it.
func (s *Stack[T]) take(i uint32) T {
	var zero T
	node := s.nodes.Node(i)
	v := node.Value
	node.Value = zero // or the arena would keep alive what v points to
	s.nodes.Free(i)
	return v
}
