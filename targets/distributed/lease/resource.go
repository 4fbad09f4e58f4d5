package lease

import (
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// The messages of the resource.
type (
	// fetch reads the number. With a token it also shuts out older ones; with 0 it only looks.
	fetch struct {
		ID    int
		Token uint64
	}
	// store writes the number, at most once for each token.
	store struct {
		ID    int
		Token uint64
		Value int
	}
	// reply says whether it was done, and the number.
	reply struct {
		ID    int
		OK    bool
		Value int
	}
)

// A state is what a resource has on disk, as one record: a crash keeps all of a write to a key or nothing, and of writes to several keys any.
type state struct {
	Newest uint64 // token seen
	Value  int
	Done   []uint64 // tokens under which the number was written
}

// A resource is a number on a machine of its own. It knows nothing of the lock service, only that tokens rise.
type resource struct {
	*sim.Machine
	state
	rules  rules
	system *System
}

// bootResource starts the resource with what is on its disk.
func bootResource(m *sim.Machine, s *System) sim.Handler {
	return &resource{Machine: m, state: sim.Load[state](m.Disk(), "state"), rules: s.rules, system: s}
}

// Receive handles one request.
func (r *resource) Receive(from string, msg any) {
	switch q := msg.(type) {
	case fetch:
		r.Send(from, reply{q.ID, q.Token == 0 || r.fetch(q.Token), r.Value})
	case store:
		r.Send(from, reply{q.ID, r.store(q), r.Value})
	}
}

// Timer is never called.
func (r *resource) Timer(string) {}

// admit reports whether a token is not too old, and notes the newest.
func (r *resource) admit(token uint64) bool {
	if r.rules.fenced(token, r.Newest) {
		return false
	}
	r.Newest = max(r.Newest, token)
	return true
}

// fetch admits a token, so that none before it can write any more.
func (r *resource) fetch(token uint64) bool {
	before := r.Newest
	ok := r.admit(token)
	if r.Newest != before {
		r.save(token)
	}
	return ok
}

// store writes the number. A request that comes again is told the same again, even if newer tokens have come since.
func (r *resource) store(q store) bool {
	if slices.Contains(r.Done, q.Token) {
		return true
	}
	if !r.admit(q.Token) {
		return false
	}
	r.Value = q.Value
	r.Done = append(r.Done, q.Token)
	r.save(q.Token)
	return true
}

// save makes the state durable, before anybody is told of it. Only then is the token accepted: in a crash before, nothing has happened.
func (r *resource) save(token uint64) {
	r.Disk().Put("state", r.state)
	r.Disk().Sync()
	r.system.accepted = append(r.system.accepted, token)
}
