package sim

import (
	"slices"
	"time"
)

// A link is one direction between two hosts.
type link struct{ from, to *host }

// A Packet is a message that is being sent, as a fault sees it.
type Packet struct {
	From, To string
	Body     any
	// Drop loses the message.
	Drop bool
	// Copies are sent besides the message itself, each with a delay of its own.
	Copies int
	// Delay is added to the time of travel.
	Delay time.Duration
}

// filter is one listener of Filter.
type filter struct{ f func(*Packet) }

// Filter lets f change what happens to each message between two hosts, until remove is called.
func (w *World) Filter(f func(*Packet)) (remove func()) {
	own := &filter{f}
	w.filters = append(slices.Clip(w.filters), own)
	return func() {
		w.filters = slices.DeleteFunc(slices.Clone(w.filters), func(g *filter) bool { return g == own })
	}
}

// Block cuts the link from one host to another: what is sent there is lost. What is under way arrives. Blocks are counted.
func (w *World) Block(from, to string) { w.blocked[link{w.host(from), w.host(to)}]++ }

// Unblock takes back one Block.
func (w *World) Unblock(from, to string) {
	l := link{w.host(from), w.host(to)}
	if w.blocked[l]--; w.blocked[l] <= 0 {
		delete(w.blocked, l)
	}
}

// send puts a message on its way.
func (w *World) send(from, to *host, body any) {
	w.tick()
	body = clone(body)
	p := Packet{From: from.name, To: to.name, Body: body}
	if from != to {
		for _, f := range w.filters {
			f.f(&p)
		}
		if len(w.blocked) > 0 && w.blocked[link{from, to}] > 0 {
			w.lost(from, to, body, "cut off")
			return
		}
	}
	if p.Drop {
		w.lost(from, to, body, "lost")
		return
	}
	w.travel(from, to, body, p.Delay)
	for range p.Copies {
		w.travel(from, to, clone(body), p.Delay)
	}
}

// travel queues one arrival.
func (w *World) travel(from, to *host, body any, extra time.Duration) {
	c := &w.config
	at := w.now + c.MinDelay + extra
	if c.MaxDelay > c.MinDelay {
		at += time.Duration(w.random.Uint64() % uint64(c.MaxDelay-c.MinDelay))
	}
	if c.Ordered {
		l := link{from, to}
		at = max(at, w.arrival[l]+1)
		w.arrival[l] = at
	}
	e := w.queue.get()
	e.kind, e.host, e.msg = arrives, to, Message{from.name, body, w.now}
	w.queue.put(e, at, w.random.Uint64())
}

// arrive hands a message over.
func (w *World) arrive(e *event) {
	h := e.host
	if !h.up {
		w.lostLate(h, e.msg)
		return
	}
	w.noteArrival(h, e.msg)
	if h.port != nil {
		h.port.take(e.msg)
		return
	}
	h.machine.handler.Receive(e.msg.From, e.msg.Body)
}
