package chaos

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/concurrency-god-mode/godmode/harness"
)

// Stall stops one goroutine at one named point of the target's code, as if its thread had been preempted there for a long time, until it is healed.
// This is what lock-freedom is about: the others must go on without it (Herlihy 1991, Wait-Free Synchronization, section 1).
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
		// The hit is chosen too, so that the stall comes in the middle of things: the first pass of a point is often the emptiest.
		s := &stall{site: site, after: int64(d.Pick("hit", site, 8)), until: make(chan struct{}), env: env}
		d.Fire(site, "stall", 1)
		stop := env.Watch(s.at)
		return sync.OnceFunc(func() { stop(); close(s.until) }), nil
	},
}

// stall is one goroutine's stop.
type stall struct {
	site  string
	after int64
	hits  atomic.Int64
	until chan struct{}
	env   *harness.Env
}

// at stalls the goroutine that passes the site the chosen time.
func (s *stall) at(site string) {
	if site == s.site && s.hits.Add(1) == s.after+1 {
		s.env.Stall(s.until)
	}
}
