package sim

import (
	"math"
	"time"
)

// Forever is a timeout that never ends.
const Forever = time.Duration(math.MaxInt64)

// A Message is what arrives.
type Message struct {
	// From is the name of the host that sent it.
	From string
	// Body is a copy of what was sent.
	Body any

	sent time.Duration
}

// A Port is a client's place on the network. Its methods block in virtual time; they must be called by a client that [World.Go] started, and by one
// at a time.
type Port struct {
	*host
	mail   []Message
	waiter *proc
}

// Port adds a port.
func (w *World) Port(name string) *Port {
	p := &Port{host: w.add(name)}
	p.host.port, p.up = p, true
	return p
}

// Recv returns the next message, and false if none came before the timeout, measured by the port's own clock. Zero only looks.
func (p *Port) Recv(timeout time.Duration) (Message, bool) {
	p.world.tick()
	if len(p.mail) == 0 && timeout > 0 {
		me := p.world.self("Recv")
		p.waiter = me
		me.wait(p.host, timeout, "a message to "+p.name)
		p.waiter = nil
	}
	if len(p.mail) == 0 {
		return Message{}, false
	}
	m := p.mail[0]
	p.mail = p.mail[1:]
	return m, true
}

// Await returns the next message that matches, dropping all before it, and false if none came before the timeout.
func (p *Port) Await(timeout time.Duration, match func(Message) bool) (Message, bool) {
	for start := p.Now(); ; {
		left := timeout
		if timeout != Forever {
			left = timeout - (p.Now() - start)
		}
		m, ok := p.Recv(max(left, 0))
		if !ok || match(m) {
			return m, ok
		}
	}
}

// Sleep returns when d has passed by the port's own clock.
func (p *Port) Sleep(d time.Duration) {
	p.world.tick()
	if d > 0 {
		p.world.self("Sleep").wait(p.host, d, "its sleep to end")
	}
}

// take is told of a message.
func (p *Port) take(m Message) {
	p.mail = append(p.mail, m)
	if p.waiter != nil {
		p.world.resume(p.waiter)
	}
}
