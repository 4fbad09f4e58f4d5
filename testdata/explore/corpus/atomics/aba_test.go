package atomics

import (
	"sync"
	"testing"
)

type allocator interface {
	pop() uint64
	push(uint64)
	popAll() []uint64
}

// explore:want assertion
// One has read the head 1 and its successor 2. The other takes all and gives 1 back: the swap succeeds, and 2 is free and in use.
func TestABABug(t *testing.T) { allocateBlocks(t, newFreeList()) }

func TestABAFixed(t *testing.T) { allocateBlocks(t, taggedFreeList{newFreeList()}) }

func allocateBlocks(t *testing.T, f allocator) {
	var used [3]int
	var one uint64
	var others []uint64
	var wg sync.WaitGroup
	wg.Go(func() { one = f.pop() })
	wg.Go(func() {
		if blocks := f.popAll(); len(blocks) > 0 {
			f.push(blocks[0])
			others = blocks[1:]
		}
	})
	wg.Wait()
	for _, block := range append(append(f.popAll(), others...), one) {
		if used[block]++; block != 0 && used[block] > 1 {
			t.Errorf("block %d is free or in use twice", block)
		}
	}
}
