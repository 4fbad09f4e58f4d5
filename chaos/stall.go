package chaos

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness"
)

// Stall stops one goroutine at one named point of the target's code, as if its thread had been preempted there for a long time, until it is healed.
// This is what lock-freedom is about: the others must go on without it (Herlihy 1991, Wait-Free Synchronization, section 1).
//
// The point and how often it must be passed before are chosen by the seed. A run may be over before: then nobody was stalled, and nothing has fired.
var Stall = &harness.Fault{
	Name:  "stall",
	Doc:   "one goroutine stops at a point of the code until it is healed; a lock-free target lets the others finish meanwhile",
	Needs: harness.NeedPoints,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		sites := env.Sites()
		if len(sites) == 0 {
			return nil, errors.New("the target names no sites")
		}
		site := sites[d.Pick("site", "", len(sites))]
		// The pass is chosen too, so that the stall comes in the middle of things: the first pass of a point is often the emptiest.
		s := &stall{site: site, pass: int64(d.Pick("pass", site, passes)), until: make(chan struct{}), env: env, decider: d}
		stop := env.Watch(s.at)
		return sync.OnceFunc(func() { stop(); close(s.until) }), nil
	},
}

// passes is the number of passes of a site among which the one that stalls is chosen.
const passes = 8

// stall is one goroutine's stop.
type stall struct {
	site    string
	pass    int64 // counted from 0
	passed  atomic.Int64
	until   chan struct{}
	env     *harness.Env
	decider *harness.Decider
}

// at stalls the goroutine that passes the site for the chosen time, and says so: what was only planned has not fired.
func (s *stall) at(site string) {
	if site == s.site && s.passed.Add(1) == s.pass+1 {
		s.decider.Fire(site, fmt.Sprintf("stall-pass-%d", s.pass), 1)
		s.env.Stall(s.until)
	}
}
