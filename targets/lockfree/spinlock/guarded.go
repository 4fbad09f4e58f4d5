package spinlock

import (
	"fmt"
	"sync"

	"github.com/concurrency-god-mode/godmode/harness/point"
	"github.com/concurrency-god-mode/godmode/properties"
)

// recordSites are the points inside of the critical section.
var recordSites = []string{"bump:read", "bump:first", "bump:second"}

// A record is two words in ordinary variables, which belong to whoever holds the lock.
type record struct {
	pair properties.Pair
	at   *point.Hook
}

// bump adds one to both words and returns them as they were, with points where another might come in between.
func (r *record) bump() properties.Pair {
	r.at.At("bump:read")
	old := r.pair
	r.at.At("bump:first")
	r.pair.A = old.A + 1
	r.at.At("bump:second")
	r.pair.B = old.B + 1
	return old
}

// bumper is what guarded records have in common.
type bumper interface{ Bump() properties.Pair }

// A guarded is a record under a lock: what a user of the lock has. It shows, as far as can be seen from outside, whether two were ever inside at once.
type guarded struct {
	record
	lock sync.Locker
}

func guard(lock sync.Locker, at *point.Hook) *guarded { return &guarded{record{at: at}, lock} }

// Bump is bump under the lock.
func (g *guarded) Bump() properties.Pair {
	g.lock.Lock()
	defer g.lock.Unlock()
	return g.bump()
}

// queue is a lock that says who came when.
type queue interface {
	Draw() Ticket
	Wait(Ticket)
	Unlock()
}

// An ordered is a record under such a lock. It also notes, under the lock, the tickets in the order in which they were served.
type ordered struct {
	record
	lock   queue
	served []Ticket
}

func order(lock queue, at *point.Hook) *ordered { return &ordered{record: record{at: at}, lock: lock} }

// Bump is bump under the lock.
func (o *ordered) Bump() properties.Pair {
	t := o.lock.Draw()
	o.lock.Wait(t)
	defer o.lock.Unlock()
	o.served = append(o.served, t)
	return o.bump()
}

// inOrder returns an error unless tickets were served in the order in which they were drawn. It may be asked when nobody holds a ticket: all that were
// drawn have been served then, so if the first served was not the first drawn, that one comes later and is noticed.
func (o *ordered) inOrder() error {
	for i, t := range o.served {
		if want := o.served[0] + Ticket(i); t != want {
			return fmt.Errorf("ticket %d was served where %d was due", t, want)
		}
	}
	return nil
}
