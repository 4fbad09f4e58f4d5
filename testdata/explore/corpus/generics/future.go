package generics

// A future is a value that comes later.
type future[T any] struct {
	done  chan struct{}
	value T
}

func newFuture[T any]() *future[T] { return &future[T]{done: make(chan struct{})} }

func (f *future[T]) set(v T) {
	close(f.done)
	f.value = v
}

// setFixed has the value there when it says so.
func (f *future[T]) setFixed(v T) {
	f.value = v
	close(f.done)
}

func (f *future[T]) get() T {
	<-f.done
	return f.value
}
