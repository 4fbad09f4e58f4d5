package atomics

import "sync/atomic"

// A freeList is a stack of the numbers of free blocks. 0 is the end of the list.
type freeList struct {
	head atomic.Uint64
	next [3]atomic.Uint64
}

// newFreeList has the blocks 1 and 2, and 1 on top.
func newFreeList() *freeList {
	f := new(freeList)
	f.next[1].Store(2)
	f.head.Store(1)
	return f
}

func (f *freeList) pop() uint64 {
	for {
		top := f.head.Load()
		if top == 0 {
			return 0
		}
		next := f.next[top].Load()
		if f.head.CompareAndSwap(top, next) {
			return top
		}
	}
}

func (f *freeList) push(block uint64) {
	for {
		top := f.head.Load()
		f.next[block].Store(top)
		if f.head.CompareAndSwap(top, block) {
			return
		}
	}
}

// popAll takes all blocks.
func (f *freeList) popAll() (blocks []uint64) {
	for b := f.head.Swap(0); b != 0; b = f.next[b].Load() {
		blocks = append(blocks, b)
	}
	return blocks
}

// A taggedFreeList counts its pops in the upper half of head, so that no head comes back.
type taggedFreeList struct{ *freeList }

func (f taggedFreeList) pop() uint64 {
	for {
		head := f.head.Load()
		top := head & 0xffffffff
		if top == 0 {
			return 0
		}
		next := f.next[top].Load()
		if f.head.CompareAndSwap(head, (head>>32+1)<<32|next) {
			return top
		}
	}
}

func (f taggedFreeList) push(block uint64) {
	for {
		head := f.head.Load()
		f.next[block].Store(head & 0xffffffff)
		if f.head.CompareAndSwap(head, head>>32<<32|block) {
			return
		}
	}
}

func (f taggedFreeList) popAll() (blocks []uint64) {
	head := f.head.Load()
	for !f.head.CompareAndSwap(head, (head>>32+1)<<32) {
		head = f.head.Load()
	}
	for b := head & 0xffffffff; b != 0; b = f.next[b].Load() {
		blocks = append(blocks, b)
	}
	return blocks
}
