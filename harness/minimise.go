package harness

import "slices"

// ShrinkProgram makes a failing program smaller. The oracle runs a candidate, which is not empty, and reports whether it fails in the same way; it is
// asked at most budget times. The result is the smallest program that failed.
func ShrinkProgram(t *Target, p Program, budget int, fails func(Program) bool) Program {
	return shrinkProgram(t, p, budget, fails)
}

// shrinkProgram makes a failing program smaller: it drops operations, several at a time at first (delta debugging; Zeller and Hildebrandt,
// IEEE TSE 28(2), 2002), then moves operations to lower-numbered clients, until nothing more can go. The oracle runs a candidate and reports
// whether it fails in the same way; it is asked at most budget times. The result fails as the oracle last said.
func shrinkProgram(t *Target, p Program, budget int, fails func(Program) bool) Program {
	ask := func(q Program) bool {
		if budget <= 0 || len(q) == 0 {
			return false
		}
		budget--
		return fails(q)
	}
	for {
		before := len(p)
		p = dropSteps(p, ask)
		p = mergeClients(t, p, ask)
		if len(p) == before || budget <= 0 {
			return p
		}
	}
}

// dropSteps removes runs of steps of falling length.
func dropSteps(p Program, ask func(Program) bool) Program {
	for n := len(p) / 2; n > 0; n /= 2 {
		for i := 0; i+n <= len(p); {
			if q := slices.Delete(slices.Clone(p), i, i+n); ask(q) {
				p = q
			} else {
				i += n
			}
		}
	}
	return p
}

// mergeClients gives each step to the lowest client that still makes the program fail.
func mergeClients(t *Target, p Program, ask func(Program) bool) Program {
	for i := range p {
		for c := range p[i].Client {
			if !t.Operations[p[i].op].allows(c) {
				continue
			}
			q := slices.Clone(p)
			q[i].Client = c
			if ask(q) {
				p = q
				break
			}
		}
	}
	return p
}

// shrinkSchedule drops switches that the failure does not need, one at a time until none can go.
func shrinkSchedule(s Schedule, fails func(Schedule) bool) Schedule {
	for i := 0; i < len(s); {
		if q := slices.Delete(slices.Clone(s), i, i+1); fails(q) {
			s, i = q, 0
		} else {
			i++
		}
	}
	return s
}

// minimise makes a finding of a controlled run as small as it gets: fewest operations, then fewest switches. Each candidate is explored again, in
// the order of preemptions, so that the schedule of the result is short by construction.
func (c *controlled) minimise(f *finding, budget int) *finding {
	best := f
	shrinkProgram(c.target, f.program, 150, func(p Program) bool {
		found, _, _, _ := c.explore(p.normal(c.target), f.seed, budget)
		if found == nil || found.verdict.Kind != f.verdict.Kind {
			return false
		}
		best = found
		return true
	})
	best.schedule = shrinkSchedule(best.schedule, func(s Schedule) bool {
		v, _ := c.replay(best.program, s, best.seed)
		if v.Status == Violated && v.Kind == best.verdict.Kind {
			best.verdict = v
			return true
		}
		return false
	})
	return best
}
