package generics

import (
	"sync"
	"sync/atomic"
)

// A box holds a value that is replaced as a whole.
type box[T any] struct {
	mu sync.Mutex
	p  atomic.Pointer[T]
}

func newBox[T any](v T) *box[T] {
	b := new(box[T])
	b.p.Store(&v)
	return b
}

func (b *box[T]) get() T { return *b.p.Load() }

// update replaces the value with what f makes of it.
func (b *box[T]) update(f func(T) T) {
	v := f(*b.p.Load())
	b.p.Store(&v)
}

// updateFixed lets one update at a time.
func (b *box[T]) updateFixed(f func(T) T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := f(*b.p.Load())
	b.p.Store(&v)
}
