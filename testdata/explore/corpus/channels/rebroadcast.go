package channels

import "sync"

// A notifier wakes all who wait by closing a channel, and makes a new one for those to come.
type notifier struct {
	changed chan struct{}
}

func newNotifier() *notifier { return &notifier{changed: make(chan struct{})} }

func (n *notifier) wait() <-chan struct{} { return n.changed }

func (n *notifier) broadcast() {
	close(n.changed)
	n.changed = make(chan struct{})
}

// A fixedNotifier swaps the channel under a lock.
type fixedNotifier struct {
	mu      sync.Mutex
	changed chan struct{}
}

func newFixedNotifier() *fixedNotifier { return &fixedNotifier{changed: make(chan struct{})} }

func (n *fixedNotifier) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.changed
}

func (n *fixedNotifier) broadcast() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.changed)
	n.changed = make(chan struct{})
}
