package channels

import "sync"

// A fileWatcher runs until it is stopped.
type fileWatcher struct {
	done chan struct{}
}

func newFileWatcher() *fileWatcher { return &fileWatcher{done: make(chan struct{})} }

// stop may be called more than once.
func (w *fileWatcher) stop() {
	select {
	case <-w.done:
		return
	default:
		close(w.done)
	}
}

func (w *fileWatcher) stopped() <-chan struct{} { return w.done }

// A fixedFileWatcher closes its channel once.
type fixedFileWatcher struct {
	*fileWatcher
	once sync.Once
}

func (w *fixedFileWatcher) stop() {
	w.once.Do(func() { close(w.done) })
}
