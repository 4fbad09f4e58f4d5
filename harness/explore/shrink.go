package explore

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
)

// A failing program is made smaller before its schedule is: a candidate is a program with less in it, and it counts as failing if a child finds a schedule in which
// it fails in the same way. A small program has few schedules, so a few hundred are a fair chance; what is lost is only smallness, never the failure.
const (
	shrinkSchedules = 1200 // of each candidate
	shrinkTests     = 200  // candidates
	shrinkFor       = 15 * time.Second

	bounding         = "pb" // the strategy that enumerates schedules by their number of preemptions
	boundedSchedules = 5000
	fewSwitches      = 2 // are not worth the search
)

// shrink looks for a smaller program that fails in the same way, and returns what was found of it. The result has been replayed.
func (t *trial) shrink(ctx context.Context, f *finding, x *Failure) *finding {
	if f.program == nil || f.program.of == "" {
		return f
	}
	x.Longer = len(f.program.steps)
	s := &shrinker{trial: t, ctx: ctx, best: f, first: x.Execution, end: t.config.Now().Add(shrinkFor), left: shrinkTests}
	s.reduce()
	s.fewest()
	if s.best == f {
		return f
	}
	again := t.replay(ctx, s.best, s.best.switches, true).finding(t.test)
	if again == nil || !explain.Same(x.Execution, again.execution) {
		return f
	}
	x.place = x.where()
	x.Execution, x.Switches, x.From = again.execution, s.best.switches, len(s.best.switches)
	x.Number, x.Strategy, x.Seed, x.program, x.chunk, x.warm = s.best.number, s.best.strategy, s.best.seed, s.best.program, nil, s.best.warm()
	return s.best
}

// A shrinker makes a program smaller.
type shrinker struct {
	*trial
	ctx   context.Context
	best  *finding
	first *explain.Execution
	end   time.Time
	left  int
}

// reduce drops operations, several at a time at first (delta debugging; Zeller and Hildebrandt, IEEE TSE 28(2), 2002), and then looks for simpler
// programs of the same length, until nothing more can go.
func (s *shrinker) reduce() {
	s.plain()
	for before := -1; before != len(s.best.program.steps) && !s.over(); {
		before = len(s.best.program.steps)
		for n := before / 2; n > 0; n /= 2 {
			for s.any(without(s.best.program.steps, n)) {
			}
		}
		for s.any(simpler(s.best.program.steps)) {
		}
	}
}

// plain tries the program without points beside those of its own operations: what needs none is easier to read.
func (s *shrinker) plain() {
	p := *s.best.program
	if p.seed &^= 1<<programBits - 1; p.seed != s.best.program.seed {
		if f := s.try(p); f != nil {
			s.best = f
		}
	}
}

// fewest looks for a schedule of the program with few switches, in the order of their number. Minimising a schedule that was found at random ends where no single
// switch can go, which may be far from there.
func (s *shrinker) fewest() {
	if s.over() || len(s.best.switches) <= fewSwitches {
		return
	}
	if f := s.by(bounding, boundedSchedules, *s.best.program); f != nil && len(f.switches) < len(s.best.switches) {
		s.best = f
	}
}

// over reports whether to stop.
func (s *shrinker) over() bool {
	return s.left <= 0 || s.ctx.Err() != nil || s.config.Now().After(s.end)
}

// any tries candidates, as many at once as there are processors, and keeps the first that fails. It reports whether one did.
func (s *shrinker) any(candidates [][]casefile.Step) bool {
	for batch := range slices.Chunk(candidates, s.config.Workers) {
		if s.over() {
			return false
		}
		found := make([]*finding, len(batch))
		var all sync.WaitGroup
		for i, steps := range batch {
			s.left--
			all.Go(func() { found[i] = s.try(program{of: s.best.program.of, seed: s.best.program.seed, steps: steps}) })
		}
		all.Wait()
		for _, f := range found {
			if f != nil {
				s.best = f
				return true
			}
		}
	}
	return false
}

// try explores a candidate, and returns how it failed if it did so in the same way.
func (s *shrinker) try(p program) *finding { return s.by(s.config.Strategy, shrinkSchedules, p) }

// by is try with some schedules of a strategy.
func (s *shrinker) by(strategy string, schedules int, p program) *finding {
	r := s.request(strategy, 0, schedules)
	r.warmup, r.every = true, 0
	r.program = &p
	j := s.job(s.pkg.other(s.best.race), s.best.race, r)
	j.deadline = s.end
	f := s.launcher.run(s.ctx, j).finding(s.test)
	if f == nil || f.strategy == warmup || !explain.Same(s.first, f.execution) {
		return nil
	}
	f.race, f.chunk = s.best.race, &r
	return f
}

// without returns all programs that lack n operations in a row, the last first: what comes last is least often needed.
func without(steps []casefile.Step, n int) (all [][]casefile.Step) {
	if n >= len(steps) {
		return nil
	}
	for i := len(steps) - n; i >= 0; i -= n {
		all = append(all, slices.Delete(slices.Clone(steps), i, i+n))
	}
	return all
}

// simpler returns programs that say the same in fewer words: the operations of one client given to another, clients without gaps in their numbers, and
// numbers as arguments counted from 1. A target may not let every client call every operation: then the child refuses the program.
func simpler(steps []casefile.Step) (all [][]casefile.Step) {
	for from := range clients(steps) {
		for to := range from {
			all = append(all, changed(steps, func(s *casefile.Step) {
				if s.Client == from {
					s.Client = to
				}
			}))
		}
	}
	client, arg := map[int]int{}, map[string]int{}
	all = append(all, changed(steps, func(s *casefile.Step) { s.Client = rank(client, s.Client) - 1 }))
	all = append(all, changed(steps, func(s *casefile.Step) {
		if _, err := strconv.ParseUint(s.Arg, 10, 64); err == nil {
			s.Arg = strconv.Itoa(rank(arg, s.Arg))
		}
	}))
	return slices.DeleteFunc(all, func(q []casefile.Step) bool { return slices.Equal(q, steps) })
}

// changed returns a changed copy.
func changed(steps []casefile.Step, change func(*casefile.Step)) []casefile.Step {
	q := slices.Clone(steps)
	for i := range q {
		change(&q[i])
	}
	return q
}

// rank numbers what it is given from 1, in the order in which it comes.
func rank[K comparable](seen map[K]int, k K) int {
	if _, ok := seen[k]; !ok {
		seen[k] = len(seen) + 1
	}
	return seen[k]
}

// clients returns the number of clients, one more than the largest number.
func clients(steps []casefile.Step) (n int) {
	for _, s := range steps {
		n = max(n, s.Client+1)
	}
	return n
}
