package channels

import "sync"

// A versioned setting tells of each change by closing a channel.
type versioned struct {
	mu      sync.Mutex
	version int
	changed chan struct{}
}

func newVersioned() *versioned { return &versioned{changed: make(chan struct{})} }

func (v *versioned) bump() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.version++
	close(v.changed)
	v.changed = make(chan struct{})
}

func (v *versioned) current() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.version
}

func (v *versioned) next() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// awaitVersion returns when the version is at least n.
func awaitVersion(v *versioned, n int) {
	for v.current() < n {
		<-v.next()
	}
}

// awaitVersionFixed asks for the channel before it looks.
func awaitVersionFixed(v *versioned, n int) {
	for {
		next := v.next()
		if v.current() >= n {
			return
		}
		<-next
	}
}
