package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A Case is one of the things that a select may do.
type Case interface {
	on() *blocker     // nil for the default and for a nil channel
	rendezvous() bool // parks when it has no partner
	ready(t *T) bool
	run(t *T)
	park(t *T, i int)
	unpark(t *T)
	complete(t *T) // after a partner has done its part
}

// SendCase sends a value.
func (c *Chan[V]) SendCase(v V) Case { return &sendCase[V]{c, v} }

// ReceiveCase receives a value into *v and sets *ok to whether there was one. Either may be nil.
func (c *Chan[V]) ReceiveCase(v *V, ok *bool) Case { return &receiveCase[V]{c, v, ok} }

// Default is what a select does if nothing else is ready.
func Default() Case { return otherwise{} }

// Select does one of the cases and returns which. If several are ready, any of them may be done: that is a choice, as of T.Choose. Of several cases that
// wait at the same channel, the first is done.
func Select(t *T, cases ...Case) int {
	s := selection{cases: cases, object: sched.NoObject}
	s.survey(t)
	op := sched.Op{Kind: sched.Select, Object: s.object}
	if s.otherwise >= 0 || s.rendezvous {
		t.publish(op)
	} else {
		s.await(t, op)
	}
	if i := s.choose(t); i >= 0 {
		cases[i].run(t)
		return i
	}
	if s.otherwise >= 0 {
		return s.otherwise
	}
	return s.park(t, op)
}

// A selection is a select as it goes on.
type selection struct {
	cases      []Case
	object     int32
	otherwise  int // the index of the default, or -1
	rendezvous bool
	parked     bool
}

// survey looks at what the cases are.
func (s *selection) survey(t *T) {
	s.otherwise = -1
	for i, c := range s.cases {
		if _, ok := c.(otherwise); ok {
			s.otherwise = i
		}
		if b := c.on(); b != nil {
			if id := b.number(t); s.object < 0 {
				s.object = id
			}
			s.rendezvous = s.rendezvous || c.rendezvous()
		}
	}
}

// ready is the gate: a partner has completed a case, or some case is ready.
func (s *selection) ready(t *T) bool {
	if s.parked && t.completed {
		return true
	}
	for _, c := range s.cases {
		if c.ready(t) {
			return true
		}
	}
	return false
}

// await waits at the gate.
func (s *selection) await(t *T, op sched.Op) {
	for _, c := range s.cases {
		if b := c.on(); b != nil {
			t.on = append(t.on, b)
		}
	}
	t.await(op, s)
}

// choose picks one of the cases that are ready, or returns -1.
func (s *selection) choose(t *T) int {
	n, last := 0, -1
	for i, c := range s.cases {
		if c.ready(t) {
			n, last = n+1, i
		}
	}
	if n < 2 {
		return last
	}
	k := t.e.choose(t, n)
	for i, c := range s.cases {
		if c.ready(t) {
			if k == 0 {
				return i
			}
			k--
		}
	}
	panic("unreachable")
}

// park waits for a partner at every channel without a buffer, and for the others to be ready.
func (s *selection) park(t *T, op sched.Op) int {
	for i, c := range s.cases {
		c.park(t, i)
	}
	s.parked = true
	s.await(t, op)
	for _, c := range s.cases {
		c.unpark(t)
	}
	if t.completed {
		s.cases[t.chosen].complete(t)
		return t.chosen
	}
	i := s.choose(t)
	s.cases[i].run(t)
	return i
}

// otherwise is the default case.
type otherwise struct{}

func (otherwise) on() *blocker     { return nil }
func (otherwise) rendezvous() bool { return false }
func (otherwise) ready(*T) bool    { return false }
func (otherwise) run(*T)           {}
func (otherwise) park(*T, int)     {}
func (otherwise) unpark(*T)        {}
func (otherwise) complete(*T)      {}

type sendCase[V any] struct {
	c *Chan[V]
	v V
}

func (s *sendCase[V]) on() *blocker     { return s.c.place() }
func (s *sendCase[V]) rendezvous() bool { return s.c != nil && s.c.capacity == 0 }
func (s *sendCase[V]) ready(t *T) bool  { return s.c != nil && s.c.canSend(t) }
func (s *sendCase[V]) run(t *T)         { s.c.send(t, s.v) }
func (s *sendCase[V]) complete(t *T)    { t.completeSend() }

func (s *sendCase[V]) park(t *T, i int) {
	if s.rendezvous() {
		s.c.parkSender(t, s.v, i)
	}
}

func (s *sendCase[V]) unpark(t *T) {
	if s.rendezvous() {
		s.c.senders = leave(s.c.senders, t)
	}
}

type receiveCase[V any] struct {
	c  *Chan[V]
	v  *V
	ok *bool
}

func (r *receiveCase[V]) on() *blocker     { return r.c.place() }
func (r *receiveCase[V]) rendezvous() bool { return r.c != nil && r.c.capacity == 0 }
func (r *receiveCase[V]) ready(t *T) bool  { return r.c != nil && r.c.canReceive(t) }
func (r *receiveCase[V]) run(t *T)         { r.put(r.c.receive(t)) }
func (r *receiveCase[V]) complete(t *T)    { r.put(r.c.collect(t)) }

func (r *receiveCase[V]) put(v V, ok bool) {
	if r.v != nil {
		*r.v = v
	}
	if r.ok != nil {
		*r.ok = ok
	}
}

func (r *receiveCase[V]) park(t *T, i int) {
	if r.rendezvous() {
		r.c.parkReceiver(t, i)
	}
}

func (r *receiveCase[V]) unpark(t *T) {
	if r.rendezvous() {
		r.c.receivers = leave(r.c.receivers, t)
	}
}

// place returns what a case waits on.
func (c *Chan[V]) place() *blocker {
	if c == nil {
		return nil
	}
	return &c.blocker
}

// leave takes every entry of a thread off a queue.
func leave[V any](queue []parked[V], t *T) []parked[V] {
	for i := find(queue, t); i >= 0; i = find(queue, t) {
		queue = drop(queue, i)
	}
	return queue
}
