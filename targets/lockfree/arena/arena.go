// Package arena keeps the nodes of lock-free structures: a fixed array in which a node is named by its index, and a free list that hands out the node
// freed last.
//
// # Why indexes
//
// A lock-free structure compares and swaps a reference to a node. In C the node may have been freed and handed out again in the meantime, with the same
// address: the comparison succeeds although everything has changed. That is the ABA problem. Go's collector hides it, because a node cannot be handed out
// again while somebody still holds a pointer to it. Code that recycles its own nodes, to save the collector's work, brings it back. Here nodes are recycled
// at once, last freed first, so that ABA is not a story but something that a test meets.
//
// # Why tags
//
// A reference ([Ref]) carries, beside the index, a tag of 32 bits that whoever changes the word must raise. A word then never has the same value twice,
// until the tag wraps around after 4 294 967 296 changes: a goroutine would have to sleep through exactly that many changes of one word to be fooled. This is
// the counted pointer of Michael and Scott (PODC 1996, section 2), with an index in place of the pointer so that both fit into one machine word.
//
// When not to use it: if the capacity is not known, or if allocation is not what costs; then let the collector do it.
package arena

import "sync/atomic"

// A Ref names a node, with a tag. The zero Ref names no node.
type Ref uint64

// Nil is the index that names no node; nodes are numbered from 1.
const Nil = 0

// Make returns the reference of an index with a tag.
func Make(index, tag uint32) Ref { return Ref(tag)<<32 | Ref(index) }

// Index returns the node's index, or Nil.
func (r Ref) Index() uint32 { return uint32(r) }

// Tag returns the tag.
func (r Ref) Tag() uint32 { return uint32(r >> 32) }

// To returns a reference to index with the next tag: the value that replaces r.
func (r Ref) To(index uint32) Ref { return Make(index, r.Tag()+1) }

// A Word is a reference that goroutines share.
type Word struct{ bits atomic.Uint64 }

// Load returns the reference.
func (w *Word) Load() Ref { return Ref(w.bits.Load()) }

// Store replaces the reference, whatever it is.
func (w *Word) Store(r Ref) { w.bits.Store(uint64(r)) }

// CompareAndSwap replaces the reference if it is still old, and reports whether it was.
func (w *Word) CompareAndSwap(old, new Ref) bool {
	return w.bits.CompareAndSwap(uint64(old), uint64(new))
}

// A Node holds a value and the reference to another node.
type Node[T any] struct {
	Value T
	// Next is atomic because a goroutine that holds a stale reference may read it while the node has a new life.
	Next Word
	free atomic.Uint32 // the next node of the free list
}

// An Arena is a fixed number of nodes. It is safe for concurrent use.
type Arena[T any] struct {
	nodes []Node[T]
	head  Word // of the free list
}

// New returns an arena of n nodes, all free; n must be positive and below 2^32.
func New[T any](n int) *Arena[T] {
	a := &Arena[T]{nodes: make([]Node[T], n+1)}
	for i := 1; i < n; i++ {
		a.nodes[i].free.Store(uint32(i + 1))
	}
	a.head.Store(Make(1, 0))
	return a
}

// Node returns the node of an index, which must not be Nil.
func (a *Arena[T]) Node(index uint32) *Node[T] { return &a.nodes[index] }

// Alloc takes a node that is free, the one freed last, and reports whether there was one.
func (a *Arena[T]) Alloc() (uint32, bool) {
	for {
		head := a.head.Load()
		i := head.Index()
		if i == Nil {
			return Nil, false
		}
		if a.head.CompareAndSwap(head, head.To(a.nodes[i].free.Load())) {
			return i, true
		}
	}
}

// Free gives a node back. The caller must own it, and must not touch it afterwards.
func (a *Arena[T]) Free(index uint32) {
	for {
		head := a.head.Load()
		a.nodes[index].free.Store(head.Index())
		if a.head.CompareAndSwap(head, head.To(index)) {
			return
		}
	}
}
