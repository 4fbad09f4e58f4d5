package sched

import "slices"

// depths is what the number of ordering constraints is drawn from when none is given. A low depth is cheap where it suffices, and a fixed
// one is wasted either way; of the ways to draw it that were measured on the classic programs, this set was the best.
var depths = [...]int{2, 3, 5, 8, 12, 20}

// initial is the lowest priority that a thread may start with. Below it are those of the change points, from 1, and below these those
// of threads that were demoted.
const initial = 1 << 40

// pct is probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010). Threads have random priorities, and the highest one runs. At depth-1 decisions, drawn
// from the k that an execution takes, the thread that would run falls below all others. A bug that needs depth ordering constraints among n
// threads is found with probability at least 1/(n*k^(depth-1)).
//
// Deviations: only decisions count as steps, for the rest is no choice; k is learned; a thread that yields or runs for very long falls
// below all others, or spinning loops would not end.
type pct struct {
	fixed   int // depth, or 0
	random  random
	profile *profile

	priority []int64 // by thread
	points   []point // change points, by step
	passed   int     // change points
	step     int
	lowest   int64
}

// A point is a change point: at this decision, the thread that would run gets this priority.
type point struct {
	step     int
	priority int64
}

// NewPCT returns PCT of a bug depth, or for 0 of one that is drawn anew for each execution from 2, 3, 5, 8, 12 and 20.
func NewPCT(depth int) Strategy {
	p := newProfile()
	return drive(p, &pct{fixed: depth, profile: p})
}

func (s *pct) Begin(x *Exec, seed uint64) bool {
	s.random.state = seed
	s.priority, s.step, s.lowest = s.priority[:0], 0, 0
	s.points, s.passed = s.points[:0], 0
	k := s.profile.horizon()
	for i := range s.depth(k) - 1 {
		s.points = append(s.points, point{1 + int(s.random.below(uint64(k))), int64(i + 1)})
	}
	slices.SortFunc(s.points, func(a, b point) int { return a.step - b.step })
	return true
}

// depth draws the depth for an execution of k decisions.
func (s *pct) depth(k int) int {
	if s.fixed > 0 {
		return s.fixed
	}
	return min(depths[s.random.below(uint64(len(depths)))], max(2, k/3))
}

func (s *pct) Started(x *Exec, thread int32) {
	s.priority = append(s.priority, initial+int64(s.random.next()>>2))
}

func (s *pct) Pick(x *Exec) int32 {
	s.step++
	t := s.highest(x)
	for s.passed < len(s.points) && s.points[s.passed].step <= s.step {
		s.priority[t] = s.points[s.passed].priority
		s.passed++
		t = s.highest(x)
	}
	return t
}

func (s *pct) highest(x *Exec) int32 {
	best := x.Enabled[0]
	p := s.priority[best]
	for _, t := range x.Enabled[1:] {
		if q := s.priority[t]; q > p {
			best, p = t, q
		}
	}
	return best
}

func (s *pct) demote(x *Exec, thread int32) {
	s.lowest--
	s.priority[thread] = s.lowest
}

func (s *pct) Ran(x *Exec, thread int32, op Op) {}
func (s *pct) End(x *Exec, outcome Outcome)     {}

func (s *pct) name() string {
	switch s.fixed {
	case 3:
		return "pct3"
	case 10:
		return "pct10"
	}
	return "pct"
}
