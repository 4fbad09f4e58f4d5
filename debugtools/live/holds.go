package live

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Programs that package owners has built keep in each g a list of what its goroutine holds, and in each mutex a word that says where in which list it is: see
// owners/std/add/runtime/godmode_owners.go.txt. What follows reads them as the functions there do.

// How the list and the words are coded.
const (
	heldInline    = 4       // entries in the g itself; the others are in blocks of 16, 32, 64 and so on
	heldSize      = 24      // address with kind, return address of who locked it, a name
	heldMost      = 1 << 20 // as many as a word can tell apart
	heldIndexMask = 1<<20 - 1
	heldSlotShift = 40
	heldKindMask  = 7
)

// Kinds of what is held, in the low bits of its address.
const (
	heldRead      = 2
	heldWaitGroup = 3
	heldOnce      = 5
	heldDrain     = 6 // a writer waits for readers
)

// heldKinds are the words for kinds.
var heldKinds = []string{"mutex", "rwmutex", "rwmutex-read", "waitgroup", "cond", "once", "rwmutex", "?"}

// A holder is a goroutine that has something which many may have.
type holder struct {
	id int64
	at string
}

// A share is a wait for something that several goroutines may have: who has it is known when all of them have been read.
type share struct {
	goroutine int // index in out
	wait      int // index in its Waits
	entry     uint64
}

// owning reports whether a program records owners.
func (r *reader) owning() bool { return r.layout.has(ownCount) && r.layout.has(mutexOwner) }

// holds returns what a goroutine holds.
func (r *reader) holds(it *item) []dump.Object {
	if !r.owning() {
		return nil
	}
	n := min(half(it.g, r.layout[ownCount]), heldMost)
	word0 := r.field(it, ownWord)
	var all []dump.Object
	for i := range n {
		addr, pc := r.entry(it.g, i)
		if !r.isHeld(addr, word0|uint64(i)) || r.field(it, ownWait) == addr&^heldKindMask|heldDrain {
			continue // or it has kept other writers away while it waits for readers, no more
		}
		at := r.place(pc)
		if kind := addr & heldKindMask; kind == heldRead || kind == heldWaitGroup {
			r.holders[addr] = append(r.holders[addr], holder{int64(r.field(it, gID)), at})
		}
		all = append(all, dump.Object{Kind: heldKinds[addr&heldKindMask], Addr: r.ofEntry(addr), At: at})
	}
	return all
}

// entry returns an entry of the list of a goroutine.
func (r *reader) entry(g []byte, i uint32) (addr, pc uint64) {
	if i < heldInline {
		at := r.layout[ownHeld] + int32(i)*heldSize
		return word(g, at), word(g, at+8)
	}
	j := uint64(i) - heldInline + 16
	k := uint64(bits.Len64(j)) - 5
	block := r.space.word(word(g, r.layout[ownMore]) + 8*k)
	b := r.space.bytes(block+(j-16<<k)*heldSize, 16)
	return word(b, 0), word(b, 8)
}

// ofEntry returns the address of an object by an entry: a Once is listed by its mutex.
func (r *reader) ofEntry(addr uint64) uint64 {
	if addr&heldKindMask == heldOnce {
		return addr&^heldKindMask - uint64(max(0, r.layout[onceMutex]))
	}
	return addr &^ heldKindMask
}

// isHeld reports whether an entry is that of a lock which is locked: the lock may have been copied or freed since.
func (r *reader) isHeld(addr, want uint64) bool {
	obj := addr &^ heldKindMask
	switch {
	case obj == 0:
		return false
	case addr&heldKindMask == heldWaitGroup:
		return true
	case addr&heldKindMask == heldRead:
		b := r.space.bytes(obj, lockBytes)
		return readers(int32(half(b, r.layout[rwReaders])), int32(half(b, r.layout[rwWaiting]))) > 0
	}
	return r.space.word(obj+uint64(r.layout[mutexOwner])) == want
}

// place says where something was locked, by a return address: the first function that does not belong to package sync.
func (r *reader) place(pc uint64) string {
	f := r.find(pc)
	if f == nil || pc == 0 {
		return ""
	}
	calls := r.calls(f, pc-1)
	i := slices.IndexFunc(calls, func(c call) bool {
		return !strings.HasPrefix(c.name, "sync.") && !strings.HasPrefix(c.name, "internal/sync.")
	})
	c := calls[max(i, 0)]
	return fmt.Sprintf("%s %s:%d", printed(c.name), c.file, c.line)
}

// owner returns who holds the mutex that lies at an address, by its word, and where it was locked: -1 if that goroutine has ended, 0 if nobody does.
func (r *reader) owner(mutex uint64) (id int64, at string) {
	w := r.space.word(mutex + uint64(r.layout[mutexOwner]))
	slot := w << 1 >> 1 >> heldSlotShift
	if int64(w) >= 0 || slot == 0 {
		return 0, ""
	}
	g := r.space.bytes(r.space.word(r.space.word(r.allgs)+8*(slot-1)), int(r.layout[gSize]))
	if g == nil || word(g, r.layout[ownWord]) != w&^heldIndexMask {
		return -1, ""
	}
	addr, pc := r.entry(g, uint32(w&heldIndexMask))
	if addr&^heldKindMask != mutex {
		return 0, ""
	}
	return int64(word(g, r.layout[gID])), r.place(pc)
}

// own adds to a wait of the next goroutine of the dump who has what it waits for, or that this is to be found out later.
func (r *reader) own(it *item, o *dump.Object, wait int) {
	if !r.owning() {
		return
	}
	switch {
	case o.Kind == "waitgroup":
		r.shares = append(r.shares, share{len(r.out), wait, o.Addr | heldWaitGroup})
	case it.trace.park.via == rwWriterSem:
		r.shares = append(r.shares, share{len(r.out), wait, o.Addr | heldRead})
	case o.Kind == "once":
		o.Owner, o.At = r.owner(o.Addr + uint64(max(0, r.layout[onceMutex])))
	case o.Kind == "mutex", o.Kind == "rwmutex", o.Kind == "rwmutex-read":
		o.Owner, o.At = r.owner(o.Addr)
	}
}

// share replaces waits for what several goroutines have by one for each of them. One that is left says that there are more than were found.
func (r *reader) share() {
	for i := len(r.shares) - 1; i >= 0; i-- {
		s := r.shares[i]
		waits := r.out[s.goroutine].Waits
		one := waits[s.wait]
		var each []dump.Object
		for _, h := range r.holders[s.entry] {
			one.Owner, one.At = h.id, h.at
			each = append(each, one)
		}
		if int64(len(each)) < one.Count || len(each) == 0 {
			one.Owner, one.At = 0, ""
			each = append(each, one)
		}
		r.out[s.goroutine].Waits = slices.Replace(waits, s.wait, s.wait+1, each...)
	}
}
