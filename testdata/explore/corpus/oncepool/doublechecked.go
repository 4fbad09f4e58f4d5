package oncepool

import "sync"

// A lazyTable is built when it is first needed.
type lazyTable struct {
	mu    sync.Mutex
	table []int
}

// get takes the lock only for as long as there is no table.
func (l *lazyTable) get() []int {
	if l.table == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.table == nil {
			l.table = []int{1, 2, 4, 8}
		}
	}
	return l.table
}

// getFixed looks under the lock.
func (l *lazyTable) getFixed() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.table == nil {
		l.table = []int{1, 2, 4, 8}
	}
	return l.table
}
