package treiber

import (
	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/arena"
)

// Untagged is the stack with the ABA problem: the head holds an index and no tag.
//
// The shortest story: the stack is 1 above 2. X, in pop, reads head 1 and successor 2 and pauses. Y pops 1, pops 2, and pushes a value into the node freed
// last but one... until node 1 is the head again. X's swap succeeds and makes 2, which is free, the head.
type Untagged[T any] struct{ Stack[T] }

// NewUntagged returns an empty stack.
func NewUntagged[T any](capacity int, at *point.Hook) *Untagged[T] {
	return &Untagged[T]{*New[T](capacity, at)}
}

// Push is the correct one without the tag.
func (s *Untagged[T]) Push(v T) bool {
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
		if s.head.CompareAndSwap(head, arena.Make(i, 0)) {
			return true
		}
	}
}

// Pop is the correct one without the tag.
func (s *Untagged[T]) Pop() (T, bool) {
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
		if s.head.CompareAndSwap(head, arena.Make(next.Index(), 0)) {
			return s.take(head.Index()), true
		}
	}
}

// LostPush is the stack whose push stores the new head instead of swapping it in. It looks right because the head was read just before; what another
// goroutine pushed or popped in between is undone.
type LostPush[T any] struct{ Stack[T] }

// NewLostPush returns an empty stack.
func NewLostPush[T any](capacity int, at *point.Hook) *LostPush[T] {
	return &LostPush[T]{*New[T](capacity, at)}
}

// Push loses the changes between its load and its store.
func (s *LostPush[T]) Push(v T) bool {
	i, ok := s.nodes.Alloc()
	if !ok {
		return false
	}
	node := s.nodes.Node(i)
	node.Value = v
	s.at.At("push:load")
	head := s.head.Load()
	s.at.At("push:next")
	node.Next.Store(head)
	s.at.At("push:cas")
	s.head.Store(head.To(i))
	return true
}

// StaleNext is the stack whose pop reads the successor once, in front of the loop, and swaps again with a new head after a failure. It looks right because
// the retry does read the head again.
type StaleNext[T any] struct{ Stack[T] }

// NewStaleNext returns an empty stack.
func NewStaleNext[T any](capacity int, at *point.Hook) *StaleNext[T] {
	return &StaleNext[T]{*New[T](capacity, at)}
}

// Pop uses the successor of the head that it read first.
func (s *StaleNext[T]) Pop() (T, bool) {
	var zero T
	s.at.At("pop:load")
	head := s.head.Load()
	if head.Index() == arena.Nil {
		return zero, false
	}
	s.at.At("pop:next")
	next := s.nodes.Node(head.Index()).Next.Load()
	for {
		s.at.At("pop:cas")
		if s.head.CompareAndSwap(head, head.To(next.Index())) {
			return s.take(head.Index()), true
		}
		s.at.At("pop:load")
		if head = s.head.Load(); head.Index() == arena.Nil {
			return zero, false
		}
	}
}

// EarlyFree is the stack whose pop frees the node before it reads the value. It looks right because the node is the goroutine's own after the swap; after
// Free it is not.
type EarlyFree[T any] struct{ Stack[T] }

// NewEarlyFree returns an empty stack.
func NewEarlyFree[T any](capacity int, at *point.Hook) *EarlyFree[T] {
	return &EarlyFree[T]{*New[T](capacity, at)}
}

// Pop reads a value that may be another's by then.
func (s *EarlyFree[T]) Pop() (T, bool) {
	for {
		s.at.At("pop:load")
		head := s.head.Load()
		if head.Index() == arena.Nil {
			var zero T
			return zero, false
		}
		node := s.nodes.Node(head.Index())
		s.at.At("pop:next")
		next := node.Next.Load()
		s.at.At("pop:cas")
		if s.head.CompareAndSwap(head, head.To(next.Index())) {
			s.nodes.Free(head.Index())
			s.at.At("pop:value")
			return node.Value, true
		}
	}
}
