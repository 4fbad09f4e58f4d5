package sched

import "slices"

// surw is selectively uniform random walk (Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025). For each
// execution it chooses one object among those that matter. The order of the operations on that
// object is drawn uniformly, as urw draws the order of all. Between them another strategy decides, the filler; here that is pos.
//
// How: which thread is next to touch the object is drawn by what each still has to do there. All others that are about to touch it
// are kept back until it has.
//
// Deviations: the profile is learned while exploring, where the authors take it from one run; the object is mostly drawn uniformly, where the paper draws
// it in proportion to how often it is touched, and objects that a lock protects are left out (profile_guard.go); the filler is pos where they use
// independent random priorities; whose turn it is is drawn from all threads that have not ended, as one that waits for a lock may have it next; in half of
// the executions, some kinds of threads are favoured (surw_role.go). Threads that are kept back are left out in one pass over the enabled threads, where
// the paper's loop looks at all of them once for each that it keeps back.
type surw struct {
	pos
	weights
	profile *profile
	whole   []int32 // by thread of the profile: touches, with its descendants
	factor  []int32 // by thread of the profile: how much more a touch counts for
	key     uint64  // of the object
	chosen  bool    // there is one
	roles   bool    // some are favoured
	next    int32   // thread that is to touch it next, or -1
}

// NewSURW returns the selectively uniform random walk, filled up with partial order sampling.
func NewSURW() Strategy {
	p := newProfile()
	return drive(p, &surw{profile: p}, &surw{profile: p, roles: true})
}

func (s *surw) Begin(x *Exec, seed uint64) bool {
	s.pos.Begin(x, seed)
	s.next = -1
	s.whole = slices.Grow(s.whole[:0], len(s.profile.known))[:len(s.profile.known)]
	clear(s.whole)
	object := s.profile.choose(&s.random)
	if s.chosen = object >= 0; s.chosen {
		s.key = s.profile.objects.keys[object]
		s.profile.own(object, s.whole)
		s.favour()
		s.profile.addDescendants(s.whole)
	}
	s.weights.begin(s.whole)
	return true
}

func (s *surw) Started(x *Exec, thread int32) {
	s.pos.Started(x, thread)
	s.slots[thread].chosen = s.touches(x, x.Threads[thread].Next)
	s.weights.started(x, thread, s.profile.index(thread))
	if p := x.Threads[thread].Parent; p >= 0 && p == s.next {
		s.inherit(p, thread)
	}
}

// inherit decides whether the turn that a thread was drawn for is meant for itself or for the thread that it has just started.
func (s *surw) inherit(parent, child int32) {
	c, p := max(0, s.left[child]), max(0, s.left[parent])
	if c > 0 && int64(s.random.below(uint64(p+c))) < c {
		s.next = child
	}
}

// touches reports whether an operation is on the object.
func (s *surw) touches(x *Exec, op Op) bool {
	return s.chosen && op.counts() && x.Objects[op.Object].Key == s.key
}

func (s *surw) Pick(x *Exec) int32 {
	free, touching, ready := s.survey(x)
	if touching < 0 {
		return free
	}
	if s.next < 0 {
		if free >= 0 && s.slots[free].priority > s.slots[touching].priority {
			return free
		}
		s.next = s.turn(s.live)
		ready = slices.Contains(x.Enabled, s.next) && s.slots[s.next].chosen
	}
	switch {
	case ready && (free < 0 || s.slots[s.next].priority >= s.slots[free].priority):
		return s.next
	case free < 0:
		s.next = s.turn(x.Enabled)
		return s.next
	}
	return free
}

// survey returns the first by priority of those whose next operation is not on the object, and of those whose is, and whether the thread
// whose turn it is is one of these.
func (s *surw) survey(x *Exec) (free, touching int32, ready bool) {
	free, touching = -1, -1
	var f, c uint64
	for _, t := range x.Enabled {
		switch p := &s.slots[t]; {
		case !p.chosen:
			if free < 0 || p.priority > f {
				free, f = t, p.priority
			}
		default:
			ready = ready || t == s.next
			if touching < 0 || p.priority > c {
				touching, c = t, p.priority
			}
		}
	}
	return free, touching, ready
}

// turn draws which of some threads is to touch the object next: one that is about to, or may come to it.
func (s *surw) turn(among []int32) int32 {
	sum := int64(0)
	for _, t := range among {
		sum += s.weight(t)
	}
	n := int64(s.random.below(uint64(sum)))
	for _, t := range among {
		if n -= s.weight(t); n < 0 {
			return t
		}
	}
	return among[0]
}

func (s *surw) weight(t int32) int64 {
	if w := s.left[t]; w > 0 {
		return w
	}
	if s.slots[t].chosen {
		return 1
	}
	return 0
}

func (s *surw) Ran(x *Exec, thread int32, op Op) {
	if s.touches(x, op) {
		s.spend(thread)
		if thread == s.next {
			s.next = -1
		}
	}
	s.pos.Ran(x, thread, op)
	th := &x.Threads[thread]
	s.slots[thread].chosen = th.Live && s.touches(x, th.Next)
	if !th.Live && thread == s.next {
		s.next = -1
	}
}

func (s *surw) demote(x *Exec, thread int32) {
	s.pos.demote(x, thread)
	s.next = -1
}

func (s *surw) End(x *Exec, outcome Outcome) {}

func (s *surw) name() string { return "surw" }
