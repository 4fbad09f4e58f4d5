package live

import (
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A wait is one thing that a goroutine waits for, before and after it was read.
type wait struct {
	kind  string
	addr  uint64 // of the object
	sudog uint64 // of the entry in its queue, if it is a channel
	from  part   // the part of memory that tells its state
}

// mostCases bounds how many cases of a select are followed: as many as the language allows.
const mostCases = 1 << 16

// objects finds out what each goroutine waits for, and reads the objects.
func (r *reader) objects() error {
	if err := r.queued(); err != nil {
		return err
	}
	for i := range r.items {
		r.resolve(&r.items[i])
	}
	r.parts = r.parts[:0]
	r.eachWait(func(_ *item, w *wait) { r.parts = append(r.parts, w.from) })
	err := r.read(r.parts)
	n := 0
	r.eachWait(func(_ *item, w *wait) { w.from.ok = r.parts[n].ok; n++ })
	return err
}

// eachWait calls f with everything that goroutines wait for.
func (r *reader) eachWait(f func(*item, *wait)) {
	for i := range r.items {
		for j := range r.items[i].waits {
			f(&r.items[i], &r.items[i].waits[j])
		}
	}
}

// next returns the address of the next entry by which a goroutine stands in a queue, 0 if there is none. Only entries in queues of channels are
// linked by goroutine;
// of those in queues of locks the same field links the queue.
func (r *reader) next(it *item) uint64 {
	if n := len(it.sudogs); n > 0 {
		last := it.sudogs[n-1].buf
		if n >= mostCases || word(last, r.layout[sudogG]) != it.addr || word(last, r.layout[sudogChan]) == 0 {
			return 0
		}
		return word(last, r.layout[sudogLink])
	}
	if status, _ := r.status(it); status != statusWaiting && status != statusLeaked {
		return 0
	}
	return r.field(it, gWaiting)
}

// queued reads the entries by which goroutines stand in queues (runtime.sudog): the first of all goroutines, then the second of those that have one,
// and so on.
func (r *reader) queued() error {
	size := int(r.layout[sudogSize])
	for level := 0; ; level++ {
		r.parts = r.parts[:0]
		var whose []*item
		for i := range r.items {
			it := &r.items[i]
			if at := r.next(it); at != 0 && len(it.sudogs) == level {
				r.parts = append(r.parts, part{addr: at, buf: r.small(size)})
				whose = append(whose, it)
			}
		}
		if len(whose) == 0 {
			return nil
		}
		if err := r.read(r.parts); err != nil {
			return err
		}
		for i, it := range whose {
			it.sudogs = append(it.sudogs, r.parts[i])
		}
	}
}

// resolve says what an item waits for: by the queues it is in, or by an argument on its stack.
func (r *reader) resolve(it *item) {
	status, _ := r.status(it)
	if !it.whole || status != statusWaiting && status != statusLeaked {
		return
	}
	p := it.trace.park
	for _, s := range it.sudogs {
		c, elem := word(s.buf, r.layout[sudogChan]), word(s.buf, r.layout[sudogElem])
		switch {
		case word(s.buf, r.layout[sudogG]) != it.addr:
			return
		case c != 0:
			it.waits = append(it.waits, r.wait("chan", c, s.addr))
		case elem != 0 && p.kind != "":
			it.waits = append(it.waits, r.wait(p.kind, r.base(p, elem), 0))
		}
	}
	if len(it.waits) == 0 && p.kind != "" {
		if arg, ok := it.load(r)(it.frames[p.frame].top); ok && arg != 0 {
			it.waits = append(it.waits, r.wait(p.kind, r.base(p, arg), 0))
		}
	}
}

// base returns the address of an object by that of the field on which one waits.
func (r *reader) base(p park, addr uint64) uint64 {
	if p.via == fieldCount || p.via == 0 || !r.layout.has(p.via) {
		return addr
	}
	addr -= uint64(r.layout[p.via])
	if p.kind == "once" {
		addr -= uint64(max(0, r.layout[onceMutex]))
	}
	return addr
}

// sizes of what is read of an object, by kind.
const (
	lockBytes = 64
	pollBytes = 64
)

// wait makes a wait whose object is still to be read.
func (r *reader) wait(kind string, addr, sudog uint64) wait {
	n := lockBytes
	switch kind {
	case "chan":
		n = int(r.layout[chanSize])
	case "fd":
		n = pollBytes
	}
	return wait{kind, addr, sudog, part{addr: addr, buf: r.small(n)}}
}

// waitsOf returns what an item waits for with its present state.
func (r *reader) waitsOf(it *item) []dump.Object {
	var all []dump.Object
	for i := range it.waits {
		if o, ok := r.object(it, &it.waits[i]); ok {
			r.own(it, &o, len(all))
			all = append(all, o)
		}
	}
	return all
}

// object describes the object of a wait. It reports false if it could not be read, or is not what it was taken for.
func (r *reader) object(it *item, w *wait) (dump.Object, bool) {
	o := dump.Object{Kind: w.kind, Addr: w.addr}
	if !w.from.ok {
		return o, w.kind != "fd" && r.space.bytes(w.addr, 4) != nil
	}
	b, l := w.from.buf, &r.layout
	switch w.kind {
	case "chan":
		o.Count, o.Cap, o.Closed = int64(word(b, l[chanCount])), int64(word(b, l[chanCap])), half(b, l[chanClosed]) != 0
		o.Op = r.direction(it, w)
	case "mutex":
		o.Count = int64(int32(half(b, l[mutexState])))
	case "once":
		o.Count = int64(int32(half(b, l[onceMutex]+l[mutexState])))
	case "rwmutex", "rwmutex-read":
		o.Count = readers(int32(half(b, l[rwReaders])), int32(half(b, l[rwWaiting])))
	case "waitgroup":
		o.Count = int64(word(b, l[groupState])) >> 32
	case "fd":
		return r.descriptor(it, b)
	}
	return o, true
}

// readers returns how many readers hold an RWMutex. While a writer waits or writes, those that came after it are counted too, but not those that it
// waits for.
func readers(count, waitedFor int32) int64 {
	if count < 0 {
		return int64(max(0, waitedFor))
	}
	return int64(count)
}

// direction says whether a goroutine wants to send or to receive. Of the two queues of a channel one is empty, or both hold one goroutine that does
// both in one select (runtime/chan.go, invariants); then its entries are looked for.
func (r *reader) direction(it *item, w *wait) string {
	receiver, sender := word(w.from.buf, r.layout[chanReceivers]), word(w.from.buf, r.layout[chanSenders])
	switch {
	case sender == 0 && receiver != 0:
		return "receive"
	case receiver == 0 && sender != 0:
		return "send"
	}
	for range min(len(it.sudogs), 1000) {
		switch w.sudog {
		case receiver:
			return "receive"
		case sender:
			return "send"
		}
		receiver, sender = r.follow(receiver), r.follow(sender)
	}
	return ""
}

// follow returns the entry that stands behind another in a queue.
func (r *reader) follow(sudog uint64) uint64 {
	if sudog == 0 {
		return 0
	}
	return r.space.word(sudog + uint64(r.layout[sudogNext]))
}

// descriptor describes the file or connection that a goroutine waits for by what the poller keeps of it: its number, and who waits to read and to write.
func (r *reader) descriptor(it *item, b []byte) (dump.Object, bool) {
	reads, writes := word(b, r.layout[pollReader]) == it.addr, word(b, r.layout[pollWriter]) == it.addr
	o := dump.Object{Kind: "fd", Addr: word(b, r.layout[pollFD]), Op: "write"}
	if reads {
		o.Op = "read"
	}
	return o, reads || writes
}
