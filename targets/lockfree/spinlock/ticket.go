package spinlock

import (
	"runtime"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// TicketSites are the points that a [TicketLock] passes, each in front of the access that it is named after.
var TicketSites = []string{"lock:draw", "lock:wait", "unlock:read", "unlock:serve"}

// A Ticket is a place in the queue for a [TicketLock].
type Ticket uint32

// A TicketLock is a lock that serves in the order in which tickets were drawn. The zero value is an open lock. It must not be copied after first use.
//
// At most 2^32 - 1 goroutines may hold tickets at once.
type TicketLock struct {
	next    atomic.Uint32 // the ticket to be drawn next
	_       [124]byte     // who draws must not disturb those who wait
	serving atomic.Uint32 // the ticket that holds the lock, or will be the next to; written by the holder only
	_       [124]byte
	at      *point.Hook
}

// NewTicket returns an open lock whose accesses pass the hook.
func NewTicket(at *point.Hook) *TicketLock { return &TicketLock{at: at} }

// newTicketAt returns an open lock whose next ticket has that number. A lock reaches every number sooner or later; tests cannot wait for it.
func newTicketAt(first uint32, at *point.Hook) *TicketLock {
	l := NewTicket(at)
	l.next.Store(first)
	l.serving.Store(first)
	return l
}

// Lock draws a ticket and waits for its turn.
func (l *TicketLock) Lock() { l.Wait(l.Draw()) }

// Draw takes the next ticket, which its owner must wait for and then unlock: nobody behind it is served before.
func (l *TicketLock) Draw() Ticket {
	l.at.At("lock:draw")
	return Ticket(l.next.Add(1) - 1)
}

// Wait waits until it is the ticket's turn; then its owner holds the lock.
func (l *TicketLock) Wait(t Ticket) {
	for round := 0; ; round++ {
		l.at.At("lock:wait")
		ahead := uint32(t) - l.serving.Load()
		if ahead == 0 {
			return
		}
		// Who is next looks often, since the lock may be free in a moment; who is not gives way to those before it.
		if ahead > 1 || round >= turnSpins {
			runtime.Gosched()
		}
	}
}

// Unlock lets the next ticket in. Only the holder may call it; it panics if nobody can be.
func (l *TicketLock) Unlock() {
	l.at.At("unlock:read")
	serving := l.serving.Load()
	if serving == l.next.Load() {
		panic("spinlock: Unlock of a ticket lock that is not held")
	}
	l.at.At("unlock:serve")
	l.serving.Store(serving + 1)
}
