package lease

import (
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// rules are the decisions on which the safety of the service rests, each a function of its own, so that a wrong one can be put in its place.
type rules struct {
	// quorum is how many of n nodes must agree.
	quorum func(n int) int
	// counted reports whether a node's answer was counted before: a network may deliver it twice.
	counted func(voters []string, from string) bool
	// token returns the token to claim, larger than those that a majority of nodes has seen; the first to answer comes first.
	token func(seen []uint64) uint64
	// fresh returns the token to claim instead, if the client itself has claimed this one or a later one before.
	fresh func(token, last uint64) uint64
	// newer reports whether a node that has seen a token may grant another.
	newer func(token, seen uint64) bool
	// until returns when a client stops believing in a lease, by its clock, that it asked for and was granted at these readings.
	until func(asked, granted time.Duration) time.Duration
	// clock is what a node measures terms on.
	clock func(*sim.Machine) time.Duration
	// save makes what a node has written durable.
	save func(*sim.Disk)
	// resume returns how long a lease that a booting node finds on disk runs from then.
	resume func() time.Duration
	// releases reports whether a release by a client with a token ends what a node has granted.
	releases func(g grant, client string, token uint64) bool
	// fenced reports whether a resource that has seen a token refuses another.
	fenced func(token, seen uint64) bool
}

// Times of the service.
const (
	// term is how long a node lends the lock.
	term = time.Second
	// drift is how many parts in a million a clock may be fast or slow.
	drift = 20_000
	// patience is how long a client waits for answers of the nodes.
	patience = 60 * time.Millisecond
)

// sound returns the rules of the correct service.
func sound() rules {
	return rules{
		quorum:   func(n int) int { return n/2 + 1 },
		counted:  func(voters []string, from string) bool { return slices.Contains(voters, from) },
		token:    func(seen []uint64) uint64 { return slices.Max(seen) + 1 },
		fresh:    func(token, last uint64) uint64 { return max(token, last+1) },
		newer:    func(token, seen uint64) bool { return token > seen },
		until:    func(asked, _ time.Duration) time.Duration { return asked + term/(1_000_000+drift)*(1_000_000-drift) },
		clock:    func(m *sim.Machine) time.Duration { return m.Now() },
		save:     func(d *sim.Disk) { d.Sync() },
		resume:   func() time.Duration { return term },
		releases: func(g grant, client string, token uint64) bool { return g.Holder == client && g.Token == token },
		fenced:   func(token, seen uint64) bool { return token < seen },
	}
}
