package embedding

import "sync"

// A lineBuffer calls a function when it is full. It embeds its lock.
type lineBuffer struct {
	sync.Mutex
	lines  []string
	onFull func()
	stored int
}

func newLineBuffer() *lineBuffer {
	b := new(lineBuffer)
	b.onFull = b.flush
	return b
}

func newFixedLineBuffer() *lineBuffer {
	b := new(lineBuffer)
	b.onFull = b.flushLocked
	return b
}

func (b *lineBuffer) add(line string) {
	b.Lock()
	defer b.Unlock()
	b.lines = append(b.lines, line)
	if len(b.lines) == 2 {
		b.onFull()
	}
}

func (b *lineBuffer) flush() {
	b.Lock()
	defer b.Unlock()
	b.flushLocked()
}

func (b *lineBuffer) flushLocked() {
	b.stored += len(b.lines)
	b.lines = nil
}
