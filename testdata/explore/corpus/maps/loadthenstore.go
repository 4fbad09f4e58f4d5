package maps

import (
	"sync"
	"sync/atomic"
)

// A hitCounter counts the hits of each page.
type hitCounter struct {
	pages sync.Map // of string to *atomic.Int64
}

func (h *hitCounter) hit(page string) {
	n, ok := h.pages.Load(page)
	if !ok {
		n = new(atomic.Int64)
		h.pages.Store(page, n)
	}
	n.(*atomic.Int64).Add(1)
}

// hitFixed keeps the counter that was there first.
func (h *hitCounter) hitFixed(page string) {
	n, _ := h.pages.LoadOrStore(page, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

func (h *hitCounter) hits(page string) int64 {
	n, ok := h.pages.Load(page)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}
