package conds

import "sync"

// A feed gives its readers lines until it is closed.
type feed struct {
	mu     sync.Mutex
	more   *sync.Cond
	lines  []string
	closed bool
}

func newFeed() *feed {
	f := new(feed)
	f.more = sync.NewCond(&f.mu)
	return f
}

func (f *feed) read() (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.lines) == 0 && !f.closed {
		f.more.Wait()
	}
	if len(f.lines) == 0 {
		return "", false
	}
	line := f.lines[0]
	f.lines = f.lines[1:]
	return line, true
}

func (f *feed) write(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line)
	f.more.Signal()
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.more.Signal()
}

// closeFixed wakes every reader.
func (f *feed) closeFixed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.more.Broadcast()
}
