package ring

import (
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// This file decides schedules: one at a time by a script, or all of them.

// until is a line of a script: the task runs until it waits at the site for the nth time from here (0 and 1 alike), has ended ("end"), or can
// go no further.
type until struct {
	task int
	site string
	nth  int
}

// script runs a program line by line, and after the last line lets the tasks that are left take turns.
func (s *scheduler) script(build func(*point.Hook) [][]op, lines ...until) *outcome {
	hits, moved, turn := 0, false, 0
	return s.run(build, func(able []int) int {
		for ; len(lines) > 0; lines, hits, moved = lines[1:], 0, false {
			l := lines[0]
			if moved && s.tasks[l.task].site == l.site {
				hits++
			}
			if hits < max(l.nth, 1) && slices.Contains(able, l.task) && (moved || l.nth > 0 || s.tasks[l.task].site != l.site) {
				moved = true
				return l.task
			}
		}
		turn++
		return able[turn%len(able)]
	})
}

// explore runs a program under every schedule, or, if bound is not negative, under every schedule with at most so many switches away from
// a task that could have gone on. It stops at the first outcome that check rejects, and returns the number of runs and that error.
func (s *scheduler) explore(bound int, build func(*point.Hook) [][]op, check func(*outcome) error) (int, error) {
	type branch struct{ taken, of int }
	var path []branch
	for runs := 1; ; runs++ {
		depth, last, left := 0, -1, bound
		out := s.run(build, func(able []int) int {
			ready := slices.Contains(able, last)
			if ready && left == 0 {
				return last
			}
			if depth == len(path) {
				path = append(path, branch{0, len(able)})
			}
			// The task that ran last comes first, so that the first schedules are the simplest.
			pick := able[path[depth].taken]
			if i := slices.Index(able, last); i >= 0 {
				pick = able[(path[depth].taken+i)%len(able)]
			}
			depth++
			if ready && pick != last {
				left--
			}
			last = pick
			return pick
		})
		if err := check(out); err != nil {
			return runs, fmt.Errorf("%w\nschedule %v", err, out.steps)
		}
		for len(path) > 0 && path[len(path)-1].taken+1 == path[len(path)-1].of {
			path = path[:len(path)-1]
		}
		if len(path) == 0 {
			return runs, nil
		}
		path[len(path)-1].taken++
	}
}
