package lease

import (
	"time"

	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// The messages. ID pairs an answer with what it answers.
type (
	// query asks what a node has seen.
	query struct{ ID int }
	// claim asks for the lease, under a token.
	claim struct {
		ID    int
		Token uint64
	}
	// renew asks for another term.
	renew struct {
		ID    int
		Token uint64
	}
	// release gives the lease back. It needs no answer: if it is lost, the term ends.
	release struct{ Token uint64 }
	// answer is what a node says: whether the lock is free, or granted, and the largest token it has granted.
	answer struct {
		ID    int
		OK    bool
		Token uint64
	}
)

// A grant is what a node has on disk: the largest token that it has granted, and to whom; Holder is empty once it was released.
type grant struct {
	Holder string
	Token  uint64
}

// A node grants the lease to one client at a time, and remembers.
type node struct {
	*sim.Machine
	rules rules
	grant grant
	until time.Duration // the end of the term by the node's clock
}

// bootNode starts a node with what is on its disk.
func bootNode(m *sim.Machine, r rules) sim.Handler {
	n := &node{Machine: m, rules: r, grant: sim.Load[grant](m.Disk(), "grant")}
	n.until = r.clock(m) + r.resume()
	return n
}

// Receive handles one request.
func (n *node) Receive(from string, msg any) {
	switch q := msg.(type) {
	case query:
		n.Send(from, answer{q.ID, n.free(), n.grant.Token})
	case claim:
		n.Send(from, answer{q.ID, n.claim(from, q.Token), n.grant.Token})
	case renew:
		n.Send(from, answer{q.ID, n.renew(from, q.Token), n.grant.Token})
	case release:
		n.release(from, q.Token)
	}
}

// Timer is never called: a term ends by being looked at.
func (n *node) Timer(string) {}

// free reports whether nobody holds the lease here.
func (n *node) free() bool { return n.grant.Holder == "" || n.rules.clock(n.Machine) >= n.until }

// claim grants the lease if it is free and the token is new. A claim that was granted before is granted still, without another term.
func (n *node) claim(client string, token uint64) bool {
	if n.grant == (grant{client, token}) {
		return true
	}
	if !n.free() || !n.rules.newer(token, n.grant.Token) {
		return false
	}
	n.write(grant{client, token})
	n.until = n.rules.clock(n.Machine) + term
	return true
}

// renew lends the lease for another term from now. It does not matter whether the term was over, as long as nobody else has come.
func (n *node) renew(client string, token uint64) bool {
	if n.grant != (grant{client, token}) {
		return false
	}
	n.until = n.rules.clock(n.Machine) + term
	return true
}

// release ends a lease. The token stays, so that it is never granted again.
func (n *node) release(client string, token uint64) {
	if n.grant.Holder != "" && n.rules.releases(n.grant, client, token) {
		n.write(grant{"", n.grant.Token})
	}
}

// write changes the grant in memory and on disk.
func (n *node) write(g grant) {
	n.grant = g
	n.Disk().Put("grant", g)
	n.rules.save(n.Disk())
}
