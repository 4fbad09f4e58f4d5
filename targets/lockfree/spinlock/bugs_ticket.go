package spinlock

import (
	"runtime"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// This file holds wrong twins of TicketLock: each makes one mistake that people make, and inherits the rest.

// TornDraw draws a ticket by a load and a store. It looks right because both are atomic; two may draw the same ticket, and are served together.
type TornDraw struct{ *TicketLock }

// NewTornDraw returns an open lock with the mistake of [TornDraw].
func NewTornDraw(at *point.Hook) *TornDraw { return &TornDraw{NewTicket(at)} }

// Draw may give out a ticket twice.
func (l *TornDraw) Draw() Ticket {
	l.at.At("lock:draw")
	t := l.next.Load()
	l.at.At("lock:draw")
	l.next.Store(t + 1)
	return Ticket(t)
}

// WrongWord lets go by raising the number to be drawn instead of the one that is served. It looks right because both are counters of one lock and differ
// by their names alone. Nobody is served any more.
type WrongWord struct{ *TicketLock }

// NewWrongWord returns an open lock with the mistake of [WrongWord].
func NewWrongWord(at *point.Hook) *WrongWord { return &WrongWord{NewTicket(at)} }

// Unlock lets nobody in.
func (l *WrongWord) Unlock() {
	l.at.At("unlock:serve")
	l.next.Store(l.next.Load() + 1)
}

// Wrapped compares numbers by order. It looks right because a ticket is served once the count has reached it. When the numbers wrap around, a ticket of a small number
// finds a large number served, and its owner goes in beside those who wait. The lock starts just before that, for a test cannot draw 2^32 tickets.
type Wrapped struct{ *TicketLock }

// NewWrapped returns an open lock with the mistake of [Wrapped], whose next ticket has the number first.
func NewWrapped(first uint32, at *point.Hook) *Wrapped { return &Wrapped{newTicketAt(first, at)} }

// Wait waits while the number served is smaller.
func (l *Wrapped) Wait(t Ticket) {
	for {
		l.at.At("lock:wait")
		if l.serving.Load() >= uint32(t) {
			return
		}
		runtime.Gosched()
	}
}

// Unlock does not complain, since there may be more holders than one.
func (l *Wrapped) Unlock() {
	l.at.At("unlock:serve")
	l.serving.Add(1)
}

// Barging takes the lock whenever it is free, whatever the ticket says. It looks right because no two are ever inside at once, and it is faster: the
// lock never waits for a ticket whose owner is not running. But it is not the lock that was promised: who comes late may pass those who wait.
type Barging struct {
	*TicketLock
	taken atomic.Bool
}

// NewBarging returns an open lock with the mistake of [Barging].
func NewBarging(at *point.Hook) *Barging { return &Barging{TicketLock: NewTicket(at)} }

// Wait waits for the lock to be free.
func (l *Barging) Wait(Ticket) {
	for {
		l.at.At("lock:wait")
		if l.taken.CompareAndSwap(false, true) {
			return
		}
		runtime.Gosched()
	}
}

// Unlock lets anybody in.
func (l *Barging) Unlock() {
	l.at.At("unlock:serve")
	l.taken.Store(false)
}

// PlainServing keeps the number served in an ordinary variable. It looks right because only the holder writes it; but others read it meanwhile, without any
// order between the two, and what was done under the lock need not be visible to who sees the number. A compiler may even read it once for all.
type PlainServing struct {
	*TicketLock
	now uint32
}

// NewPlainServing returns an open lock with the mistake of [PlainServing].
func NewPlainServing(at *point.Hook) *PlainServing { return &PlainServing{TicketLock: NewTicket(at)} }

// Wait looks at a word that another writes.
func (l *PlainServing) Wait(t Ticket) {
	for {
		l.at.At("lock:wait")
		if l.now == uint32(t) {
			return
		}
		runtime.Gosched()
	}
}

// Unlock writes a word that others look at.
func (l *PlainServing) Unlock() {
	l.at.At("unlock:serve")
	l.now++
}
