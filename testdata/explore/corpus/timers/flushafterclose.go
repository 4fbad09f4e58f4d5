package timers

import (
	"sync"
	"time"
)

// A bufferedLog writes its lines a while after the first of them.
type bufferedLog struct {
	mu    sync.Mutex
	lines []string
	timer *time.Timer
	sink  func(lines []string)
}

func newBufferedLog(sink func([]string)) *bufferedLog { return &bufferedLog{sink: sink} }

func (l *bufferedLog) write(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Millisecond, l.flush)
	}
}

func (l *bufferedLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sink(l.lines)
	l.lines, l.timer = nil, nil
}

// close writes what is left. There is no sink after it.
func (l *bufferedLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.sink(l.lines)
		l.lines, l.timer = nil, nil
	}
	l.sink = nil
}

// A fixedBufferedLog knows that a timer may have fired when it is stopped.
type fixedBufferedLog struct{ *bufferedLog }

func (l fixedBufferedLog) write(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Millisecond, l.flush)
	}
}

func (l fixedBufferedLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sink == nil {
		return
	}
	l.sink(l.lines)
	l.lines, l.timer = nil, nil
}
