package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A Chan is a channel. Make it with NewChan; a nil one blocks for ever.
//
// On a buffered channel, an operation is enabled when it can complete. On an unbuffered one it is always enabled: it completes with a
// partner who is parked, or parks, and is enabled again when a partner has completed it. The difference between a thread that is about
// to receive and one that is parked is what a select with a default sees.
type Chan[V any] struct {
	blocker
	capacity  int
	buffer    []V // a ring
	head, n   int
	closed    bool
	receivers []parked[V]
	senders   []parked[V]
	handed    []parked[V] // to receivers who have not run since
}

// parked is one side of an exchange that waits, or has been completed, and the case of its select.
type parked[V any] struct {
	t    *T
	v    V
	ok   bool
	take int
}

// NewChan makes a channel.
func NewChan[V any](t *T, capacity int) *Chan[V] {
	c := &Chan[V]{capacity: capacity, buffer: make([]V, capacity)}
	c.create(t)
	return c
}

// Send sends a value. It panics if the channel is closed.
func (c *Chan[V]) Send(t *T, v V) {
	switch {
	case c == nil:
		t.never(sched.Send)
	case c.capacity > 0:
		t.block(sched.Send, &c.blocker, (*sendGate[V])(c))
		c.send(t, v)
	default:
		t.point(sched.Send, &c.object)
		if c.canSend(t) {
			c.send(t, v)
			return
		}
		c.parkSender(t, v, 0)
		t.block(sched.Send, &c.blocker, partner{})
		t.completeSend()
	}
}

// Receive receives a value, or the zero value if the channel is closed and empty.
func (c *Chan[V]) Receive(t *T) V {
	v, _ := c.ReceiveOK(t)
	return v
}

// ReceiveOK receives a value and says whether there was one.
func (c *Chan[V]) ReceiveOK(t *T) (V, bool) {
	if c == nil {
		t.never(sched.Receive)
	}
	if c.capacity > 0 {
		t.block(sched.Receive, &c.blocker, (*receiveGate[V])(c))
		return c.receive(t)
	}
	t.point(sched.Receive, &c.object)
	if c.canReceive(t) {
		return c.receive(t)
	}
	c.parkReceiver(t, 0)
	t.block(sched.Receive, &c.blocker, partner{})
	return c.collect(t)
}

// Close closes the channel. It panics if it is closed already.
func (c *Chan[V]) Close(t *T) {
	if c == nil {
		t.act(sched.Close)
		panic("close of nil channel")
	}
	t.point(sched.Close, &c.object)
	if c.closed {
		panic("close of closed channel")
	}
	c.closed = true
	for i := next(c.receivers, nil); i >= 0; i = next(c.receivers, nil) {
		var zero V
		c.handOver(i, zero, false)
	}
	for i := next(c.senders, nil); i >= 0; i = next(c.senders, nil) {
		c.senders[i].t.broken = true
		c.takeFrom(i)
	}
	c.wake()
}

// Len returns how many values are in the buffer. It counts as a Receive, for operations on channels other than Read are what a select depends on.
func (c *Chan[V]) Len(t *T) int {
	if c == nil {
		t.act(sched.Read)
		return 0
	}
	t.point(sched.Receive, &c.object)
	return c.n
}

// sendGate and receiveGate are a channel as its two sides wait for it.
type (
	sendGate[V any]    Chan[V]
	receiveGate[V any] Chan[V]
)

func (c *sendGate[V]) ready(t *T) bool    { return (*Chan[V])(c).canSend(t) }
func (c *receiveGate[V]) ready(t *T) bool { return (*Chan[V])(c).canReceive(t) }

// partner is the gate of a thread that is parked.
type partner struct{}

func (partner) ready(t *T) bool { return t.completed }

// closedGate never opens.
type closedGate struct{}

func (closedGate) ready(*T) bool { return false }

// never is an operation on a nil channel.
func (t *T) never(k sched.Kind) {
	t.await(sched.Op{Kind: k, Object: sched.NoObject}, closedGate{})
}

// canSend reports whether a thread can send now, be it to panic.
func (c *Chan[V]) canSend(t *T) bool {
	return c.closed || c.n < c.capacity || next(c.receivers, t) >= 0
}

// canReceive reports whether a thread can receive now, be it that there is nothing more to come.
func (c *Chan[V]) canReceive(t *T) bool { return c.closed || c.n > 0 || next(c.senders, t) >= 0 }

// next returns the first of a queue who still waits and is not the thread itself, or -1.
func next[V any](queue []parked[V], self *T) int {
	for i := range queue {
		if p := &queue[i]; p.t != self && !p.t.completed {
			return i
		}
	}
	return -1
}

// send completes a send.
func (c *Chan[V]) send(t *T, v V) {
	if c.closed {
		panic("send on closed channel")
	}
	if i := next(c.receivers, t); i >= 0 {
		c.handOver(i, v, true)
	} else {
		c.buffer[(c.head+c.n)%c.capacity] = v
		c.n++
	}
	c.wake()
}

// receive completes a receive.
func (c *Chan[V]) receive(t *T) (v V, ok bool) {
	if c.n > 0 {
		v, ok = c.buffer[c.head], true
		c.head = (c.head + 1) % c.capacity
		c.n--
	} else if i := next(c.senders, t); i >= 0 {
		v, ok = c.takeFrom(i), true
	}
	c.wake()
	return v, ok
}

// handOver completes a parked receive.
func (c *Chan[V]) handOver(i int, v V, ok bool) {
	p := c.receivers[i]
	c.receivers = drop(c.receivers, i)
	p.v, p.ok = v, ok
	p.t.completed, p.t.chosen = true, p.take
	c.handed = append(c.handed, p)
}

// takeFrom completes a parked send.
func (c *Chan[V]) takeFrom(i int) V {
	p := c.senders[i]
	c.senders = drop(c.senders, i)
	p.t.completed, p.t.chosen = true, p.take
	return p.v
}

// collect returns what a parked thread was handed.
func (c *Chan[V]) collect(t *T) (V, bool) {
	i := find(c.handed, t)
	p := c.handed[i]
	c.handed = drop(c.handed, i)
	return p.v, p.ok
}

// completeSend ends a send that was parked.
func (t *T) completeSend() {
	if t.broken {
		panic("send on closed channel")
	}
}

func (c *Chan[V]) parkSender(t *T, v V, take int) {
	t.completed, t.broken = false, false
	c.senders = append(c.senders, parked[V]{t: t, v: v, take: take})
}

func (c *Chan[V]) parkReceiver(t *T, take int) {
	t.completed, t.broken = false, false
	c.receivers = append(c.receivers, parked[V]{t: t, take: take})
}

// find returns the first entry of a thread, or -1.
func find[V any](queue []parked[V], t *T) int {
	for i := range queue {
		if queue[i].t == t {
			return i
		}
	}
	return -1
}

func drop[V any](queue []parked[V], i int) []parked[V] {
	return append(queue[:i], queue[i+1:]...)
}
