package channels

import "sync"

// A download runs in the background once it is started.
type download struct {
	mu   sync.Mutex
	done chan struct{}
	size int
}

func newDownload() *download { return &download{} }

func newFixedDownload() *download { return &download{done: make(chan struct{})} }

func (d *download) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done == nil {
		d.done = make(chan struct{})
	}
	done := d.done
	go func() {
		d.size = 42
		close(done)
	}()
}

// wait returns the size when the download is complete.
func (d *download) wait() int {
	d.mu.Lock()
	done := d.done
	d.mu.Unlock()
	<-done
	return d.size
}
