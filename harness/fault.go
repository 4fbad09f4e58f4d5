package harness

import (
	"cmp"
	"slices"
	"sync"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A Need is what a fault requires of a target.
type Need int

// The needs, as a set.
const (
	// NeedPoints: the code under test calls the hook (Target.Points), and Target.Sites names the places.
	NeedPoints Need = 1 << iota
	// NeedWorld: the target's machines live in Env.World.
	NeedWorld
)

// A Fault changes the world around a target, then heals it.
type Fault struct {
	// Name identifies the fault: lower case, digits and dashes.
	Name string
	// Doc says in one sentence what it disturbs, and what a correct target must do all the same.
	Doc string
	// Needs is what the target must offer.
	Needs Need
	// Inject starts the disturbance and returns what ends it. It must not block. The heal function may be called twice and
	// from any goroutine; when it returns, the world is as before. Every random decision comes from the decider, and what the fault
	// does is recorded with Decider.Fire when it does it: a run in which nothing fired was not disturbed.
	Inject func(*Env, *Decider) (heal func(), err error)
}

// Applies reports whether the target offers what the fault needs.
func (f *Fault) Applies(t *Target) bool {
	if f.Needs&NeedPoints != 0 && (!t.Points || len(t.Sites) == 0) {
		return false
	}
	return f.Needs&NeedWorld == 0 || t.World
}

// A Decider makes a fault's decisions. A decision depends on the seed, the site, the key, and how often that key came to that site;
// never on what other goroutines did in between. It is safe for concurrent use.
type Decider struct {
	seed uint64

	mu    sync.Mutex
	hits  map[hitKey]uint64
	fired []Fired
}

type hitKey struct{ site, key string }

// Fired is one decision that said yes: the N-th time, from 0, that Key came to Site.
type Fired struct {
	Site, Key string
	N         uint64
}

// NewDecider returns the decider of a seed.
func NewDecider(seed uint64) *Decider {
	return &Decider{seed: seed, hits: map[hitKey]uint64{}}
}

// Fire reports whether something happens to key at site this time, with probability p.
func (d *Decider) Fire(site, key string, p float64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.next(site, key)
	if !choice.Fires(d.seed, site, key, n, p) {
		return false
	}
	d.fired = append(d.fired, Fired{site, key, n})
	return true
}

// Pick returns a number in [0, n) for key at site this time; n must be positive.
func (d *Decider) Pick(site, key string, n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return choice.New(choice.Keyed(d.seed, site, key, d.next(site, key))).Intn(n)
}

// next counts a hit and returns its number.
func (d *Decider) next(site, key string) uint64 {
	n := d.hits[hitKey{site, key}]
	d.hits[hitKey{site, key}] = n + 1
	return n
}

// Fired returns the decisions that said yes, ordered by site, key and number.
func (d *Decider) Fired() []Fired {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := slices.Clone(d.fired)
	slices.SortFunc(list, func(a, b Fired) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Key, b.Key), cmp.Compare(a.N, b.N))
	})
	return list
}
