package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// A Summary is what an exploration found.
type Summary struct {
	Schedules int    // executed
	First     int    // the number of the first that failed, from 1; 0 if none did
	FirstSeed uint64 // its seed
	Result    Result // its result

	Failed, CutOff, Pruned int
	Steps, Operations      int
	Exhausted              bool // the strategy had nothing left to explore
}

// Seed returns the seed of the nth schedule of an exploration, from 0.
func Seed(seed uint64, n int) uint64 { return sched.Seed(seed, n) }

// Explore executes up to n schedules and stops at the first that fails.
func (e *Engine) Explore(p Program, s sched.Strategy, seed uint64, n int) Summary {
	return e.explore(p, s, seed, n, true)
}

// ExploreAll executes n schedules, or as many as there are, whatever they find.
func (e *Engine) ExploreAll(p Program, s sched.Strategy, seed uint64, n int) Summary {
	return e.explore(p, s, seed, n, false)
}

func (e *Engine) explore(p Program, s sched.Strategy, seed uint64, n int, stop bool) (sum Summary) {
	for i := range n {
		data := seedOf(s, seed, i)
		r := e.Run(p, s, data)
		if r.Exhausted {
			sum.Exhausted = true
			break
		}
		sum.count(r, data)
		if stop && sum.First > 0 {
			break
		}
	}
	return sum
}

// seedOf is the seed of the nth schedule. Strategies that go through the schedules one by one see the same data in all.
func seedOf(s sched.Strategy, seed uint64, n int) uint64 {
	if _, ok := s.(sched.Systematic); ok {
		n = 0
	}
	return Seed(seed, n)
}

func (s *Summary) count(r Result, seed uint64) {
	s.Schedules++
	s.Steps += r.Steps
	s.Operations += r.Operations
	switch r.Outcome {
	case sched.Failed:
		s.Failed++
		if s.First == 0 {
			s.First, s.FirstSeed, s.Result = s.Schedules, seed, r
		}
	case sched.CutOff:
		s.CutOff++
	case sched.Pruned:
		s.Pruned++
	}
}
