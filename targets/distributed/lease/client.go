package lease

import (
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
	"github.com/concurrency-god-mode/godmode/properties"
)

// A Client acquires the lock and works under it.
type Client struct {
	*sim.Port
	system *System
	rules  rules
	id     int
	last   uint64   // token claimed
	leases []*lease // in which it may still believe
}

// A lease is what a client believes to hold.
type lease struct {
	token uint64
	until time.Duration // by the client's clock
}

// held reports whether the client still believes in a lease.
func (c *Client) held(l *lease) bool { return c.Now() < l.until }

// acquire waits until the lock is the client's.
func (c *Client) acquire() *lease {
	begin := c.system.world.Stamp()
	for {
		if l := c.try(); l != nil {
			c.leases = append(slices.DeleteFunc(c.leases, func(old *lease) bool { return !c.held(old) }), l)
			c.system.acquired = append(c.system.acquired, properties.Acquisition{Client: c.Name(), Begin: begin, End: c.system.world.Stamp(), Token: l.token})
			c.Logf("holds the lock with token %d", l.token)
			return l
		}
		c.Sleep(patience/4 + time.Duration(c.Rand().Int64N(int64(patience))))
	}
}

// try makes one attempt: it learns from a majority which tokens there were, and claims the lease from all under a larger one.
func (c *Client) try() *lease {
	free, seen := c.ask(func(id int) any { return query{id} })
	if free < c.quorum() {
		return nil
	}
	token, asked := c.rules.fresh(c.rules.token(seen), c.last), c.Now()
	c.last = token
	granted, _ := c.ask(func(id int) any { return claim{id, token} })
	l := &lease{token, c.rules.until(asked, c.Now())}
	if granted < c.quorum() || !c.held(l) {
		c.tell(release{token})
		return nil
	}
	return l
}

// renew extends a lease, and reports whether a majority agreed.
func (c *Client) renew(l *lease) bool {
	asked := c.Now()
	granted, _ := c.ask(func(id int) any { return renew{id, l.token} })
	if granted < c.quorum() {
		return false
	}
	l.until = max(l.until, c.rules.until(asked, c.Now()))
	return true
}

// release gives a lease back. The belief ends first.
func (c *Client) release(l *lease) {
	c.leases = slices.DeleteFunc(c.leases, func(m *lease) bool { return m == l })
	c.Logf("gives token %d back", l.token)
	c.tell(release{l.token})
}

// quorum is how many nodes must agree.
func (c *Client) quorum() int { return c.rules.quorum(len(c.system.nodes)) }

// tell sends a message to all nodes.
func (c *Client) tell(msg any) {
	for _, n := range c.system.nodes {
		c.Send(n, msg)
	}
}

// ask sends a request to all nodes and waits until a majority has agreed, or all have answered, or the patience is over. It returns how many have agreed, and
// the tokens that they have seen.
func (c *Client) ask(request func(id int) any) (agreed int, seen []uint64) {
	c.id++
	c.tell(request(c.id))
	var voters []string
	for start := c.Now(); agreed < c.quorum() && len(voters) < len(c.system.nodes); {
		m, ok := c.Await(patience-(c.Now()-start), func(m sim.Message) bool {
			a, ok := m.Body.(answer)
			return ok && a.ID == c.id && !c.rules.counted(voters, m.From)
		})
		if !ok {
			break
		}
		a := m.Body.(answer)
		voters = append(voters, m.From)
		if a.OK {
			agreed++
			seen = append(seen, a.Token)
		}
	}
	return agreed, seen
}

// call sends a request to the resource until it answers, as long as going on makes sense.
func (c *Client) call(request func(id int) any, sensible func(tries int) bool) (reply, bool) {
	c.id++
	for tries := 0; sensible(tries); tries++ {
		c.Send(resourceName, request(c.id))
		m, ok := c.Await(patience, func(m sim.Message) bool {
			r, ok := m.Body.(reply)
			return ok && r.ID == c.id
		})
		if ok {
			return m.Body.(reply), true
		}
	}
	return reply{}, false
}

// Bump raises the number by one under the lock. In between it renews its lease so many times, as a client with a long job does.
func (c *Client) Bump(renewals int) properties.Tried {
	l := c.acquire()
	defer c.release(l)
	refused := properties.Tried{How: properties.Refused}
	r, ok := c.call(func(id int) any { return fetch{id, l.token} }, func(int) bool { return c.held(l) })
	if !ok || !r.OK {
		return refused
	}
	for range renewals {
		c.Sleep(term / 3)
		if !c.renew(l) {
			return refused
		}
	}
	if !c.held(l) {
		return refused
	}
	c.work() // it may be stopped here for longer than its lease lasts
	next := r.Value + 1
	r, ok = c.call(func(id int) any { return store{id, l.token, next} }, func(tries int) bool { return tries < 3 })
	switch {
	case !ok:
		return properties.Tried{}
	case !r.OK:
		return refused
	}
	return properties.Tried{Value: next, How: properties.Done}
}

// work takes the time that a client needs between its last look at the lease and its write. No check can close this gap, as short as it may be.
func (c *Client) work() { c.Sleep(time.Duration(c.Rand().Int64N(int64(term / 4)))) }

// Read looks at the number without the lock.
func (c *Client) Read() properties.Tried {
	r, ok := c.call(func(id int) any { return fetch{id, 0} }, func(tries int) bool { return tries < 3 })
	if !ok {
		return properties.Tried{}
	}
	return properties.Tried{Value: r.Value, How: properties.Done}
}

// Abandon acquires the lock and never gives it back, as a client that dies does.
func (c *Client) Abandon() harness.None {
	l := c.acquire()
	c.Logf("forgets token %d", l.token)
	return harness.None{}
}
