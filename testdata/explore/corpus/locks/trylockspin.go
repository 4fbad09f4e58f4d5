package locks

import (
	"runtime"
	"sync"
)

// A tray of a tape library is locked while the arm is at it.
type tray struct {
	number int
	mu     sync.Mutex
	tapes  int
}

// moveTape never blocks on the second tray: it tries until it has it.
func moveTape(from, to *tray) {
	from.mu.Lock()
	defer from.mu.Unlock()
	for !to.mu.TryLock() {
		runtime.Gosched()
	}
	defer to.mu.Unlock()
	from.tapes--
	to.tapes++
}

// moveTapeFixed locks in the order of the numbers.
func moveTapeFixed(from, to *tray) {
	first, second := from, to
	if second.number < first.number {
		first, second = second, first
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.tapes--
	to.tapes++
}
