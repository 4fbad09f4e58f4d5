package explore

import (
	"context"
	"slices"
	"sync"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// A seeker looks for the failure of a case in a program that was edited since: first where the operations are now at which the case switches, then in
// schedules that differ a little, then in a few hundred others.
type seeker struct {
	launcher *launcher
	c        *casefile.Case
	job      job // the replay as the case has it
	anchors  []anchor
}

// Bounds of a search.
const (
	nearSwitches    = 3   // the most switches of a schedule whose neighbours are tried
	nearBy          = 3   // operations by which one of them is moved
	searchSchedules = 500 // other schedules
	searchMillis    = 10_000
)

// try replays switches once, nil if it was stopped.
func (s *seeker) try(ctx context.Context, switches []sched.Switch) *Replay {
	j := s.job
	j.request.switches = switches
	o := s.launcher.run(ctx, j)
	if o.cancelled {
		return nil
	}
	return o.answer(s.c)
}

// seek returns how the failure came again, or what the schedule of the case itself shows.
func (s *seeker) seek(ctx context.Context, first *Replay) *Replay {
	for _, way := range []func(context.Context, *Replay) *Replay{s.anchored, s.near, s.search} {
		if got := way(ctx, first); got != nil && got.Reproduced {
			return got
		}
	}
	return first
}

// anchored follows the switches to where their operations are. Each replay shows the way up to the first switch that is still wrong, so that it takes at
// most one more than there are switches.
func (s *seeker) anchored(ctx context.Context, first *Replay) *Replay {
	given := s.job.request.switches
	for _, how := range readings {
		x, last := first.Execution, given
		for range len(given) + 1 {
			if x == nil {
				break
			}
			moved := how.resolve(given, s.anchors, x)
			if slices.Equal(moved, last) {
				break
			}
			got := s.try(ctx, moved)
			if got == nil {
				return nil
			}
			if got.Reproduced {
				got.Manner, got.Moved, got.Diverged = Reanchored, movedText(given, moved), nil
				return got
			}
			x, last = got.Execution, moved
		}
	}
	return nil
}

// near tries the neighbours of a short schedule at the same time: one switch is a little earlier or later.
func (s *seeker) near(ctx context.Context, first *Replay) *Replay {
	base := s.job.request.switches
	if len(base) > nearSwitches || first.Execution == nil {
		return nil
	}
	lists := neighbours(readings[0].resolve(base, s.anchors, first.Execution))
	got := make([]*Replay, len(lists))
	var all sync.WaitGroup
	for i, list := range lists {
		all.Go(func() { got[i] = s.try(ctx, list) })
	}
	all.Wait()
	for i, r := range got {
		if r != nil && r.Reproduced {
			r.Manner, r.Searched, r.Diverged = Sought, i+1, nil
			return r
		}
	}
	first.Searched += len(lists)
	return nil
}

// neighbours returns the lists in which one switch is a few operations earlier or later.
func neighbours(switches []sched.Switch) (lists [][]sched.Switch) {
	for i, s := range switches {
		for by := 1; by <= nearBy; by++ {
			for _, n := range []int{s.Nth + by, s.Nth - by} {
				if n > 0 {
					list := slices.Clone(switches)
					list[i].Nth = n
					lists = append(lists, list)
				}
			}
		}
	}
	return lists
}

// search runs other schedules until one fails, and replays that. If it fails in another way than the case, the first replay tells of it.
func (s *seeker) search(ctx context.Context, first *Replay) *Replay {
	j := s.job
	r := &j.request
	r.replay, r.trace, r.switches, r.strategy = false, false, nil, sched.Names()[0]
	r.from, r.stride, r.count, r.millis = 0, 1, searchSchedules, searchMillis
	o := s.launcher.run(ctx, j)
	f := o.finding(s.c.Test)
	if f == nil {
		first.Searched += int(o.now.Schedules)
		return nil
	}
	again := &s.job.request
	again.seed, again.from, again.strategy = f.seed, f.number, f.strategy
	again.warmup = again.warmup && f.strategy != warmup // which is what has failed
	got := s.try(ctx, f.switches)
	if got == nil {
		return nil
	}
	first.Searched += int(f.number) + 1
	got.Manner, got.Searched, got.Diverged = Sought, first.Searched, nil
	if !got.Reproduced && first.Other == "" {
		first.Other = got.Other
	}
	return got
}
