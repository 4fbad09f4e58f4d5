package waitgroups

import "sync"

// A batcher flushes its items in the background. Anybody may wait for the flush.
type batcher struct {
	wg      sync.WaitGroup
	mu      sync.Mutex
	flushed int
}

// flush starts a flush.
func (b *batcher) flush() {
	b.wg.Add(1)
	go func() {
		defer b.wg.Done()
		b.mu.Lock()
		defer b.mu.Unlock()
		b.flushed++
	}()
}

func (b *batcher) wait() { b.wg.Wait() }

// A fixedBatcher has a channel for each flush instead of a counter for all.
type fixedBatcher struct {
	mu      sync.Mutex
	pending []chan struct{}
}

func (b *fixedBatcher) flush() {
	done := make(chan struct{})
	b.mu.Lock()
	b.pending = append(b.pending, done)
	b.mu.Unlock()
	go close(done)
}

func (b *fixedBatcher) wait() {
	b.mu.Lock()
	pending := append([]chan struct{}(nil), b.pending...)
	b.mu.Unlock()
	for _, done := range pending {
		<-done
	}
}
