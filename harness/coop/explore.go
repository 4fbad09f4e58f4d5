package coop

import (
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// Follow returns the chooser of a list of switches: the running task goes on until a switch names its place, and when it ends the
// lowest-numbered live task follows. The second function returns how many switches have not been applied: their places were not passed, or
// the task to run had ended.
func Follow(switches []Switch) (Chooser, func() int) {
	applied := 0
	used := make([]bool, len(switches))
	chooser := func(r *Runner, live []int, last int) int {
		nth := 0
		if last >= 0 {
			nth = r.Nth(last)
		}
		for i, s := range switches {
			if !used[i] && s.Task == last && s.Nth == nth && slices.Contains(live, s.To) {
				used[i] = true
				applied++
				return s.To
			}
		}
		if slices.Contains(live, last) {
			return last
		}
		return live[0]
	}
	return chooser, func() int { return len(switches) - applied }
}

// Random returns a chooser that switches with probability p before each step, and picks uniformly.
func Random(s *choice.Stream, p float64) Chooser {
	return func(_ *Runner, live []int, last int) int {
		if slices.Contains(live, last) && !s.Chance(p) {
			return last
		}
		return live[s.Intn(len(live))]
	}
}

// Switches returns the list of switches that makes Follow repeat the executed steps.
func Switches(steps []Step) []Switch {
	var list []Switch
	last := lastSteps(steps)
	for i, s := range steps {
		prev, nth := -1, 0
		if i > 0 {
			prev, nth = steps[i-1].Task, steps[i-1].Nth+1
		}
		if s.Task != byDefault(last, prev, i) {
			list = append(list, Switch{Task: prev, Nth: nth, Site: siteOf(steps[i:], prev), To: s.Task})
		}
	}
	return list
}

// lastSteps returns the index of each task's last step.
func lastSteps(steps []Step) []int {
	var last []int
	for i, s := range steps {
		for s.Task >= len(last) {
			last = append(last, -1)
		}
		last[s.Task] = i
	}
	return last
}

// byDefault returns the task that runs at step i if no switch says otherwise: the previous one, or the lowest-numbered live one.
func byDefault(last []int, prev, i int) int {
	if prev >= 0 && last[prev] >= i {
		return prev
	}
	for t, at := range last {
		if at >= i {
			return t
		}
	}
	return -1
}

// siteOf returns the point at which the task waits, given the steps to come.
func siteOf(coming []Step, task int) string {
	for _, s := range coming {
		if s.Task == task {
			return s.Site
		}
	}
	return "end"
}

// A Limit bounds an exploration.
type Limit struct {
	// Preemptions is the largest number of switches away from a task that could have gone on.
	Preemptions int
	// Schedules is the largest number of runs.
	Schedules int
}

// Stats say what an exploration did.
type Stats struct {
	Schedules int
	// Exhausted says that every schedule within the bound of preemptions was run.
	Exhausted bool
}

// Explore runs schedules in the order of their number of preemptions: all with none, then all with one, and so on (iterative context
// bounding; Musuvathi and Qadeer, PLDI 2007), so that the first failure has the fewest. A level that does not fit into what is left of
// the limit is sampled in an order drawn from the stream. The function run executes one schedule and reports whether to go on.
//
// The number of schedules with p preemptions grows as (steps x tasks)^p.
func Explore(limit Limit, s *choice.Stream, run func([]Switch) ([]Step, bool)) Stats {
	e := explorer{limit: limit, levels: make([][]node, limit.Preemptions+1), room: limit.Schedules}
	e.levels[0] = []node{{}}
	for level := range e.levels {
		for len(e.levels[level]) > 0 {
			if e.stats.Schedules >= limit.Schedules {
				return e.stats
			}
			n := e.take(level, s)
			steps, more := run(n.switches)
			e.stats.Schedules++
			if !more {
				return e.stats
			}
			e.branch(level, n, steps)
		}
	}
	e.stats.Exhausted = !e.dropped
	return e.stats
}

// node is a schedule to be run: its switches, and the step from which on its children may differ.
type node struct {
	switches []Switch
	from     int
}

type explorer struct {
	limit   Limit
	levels  [][]node
	room    int
	dropped bool
	stats   Stats
}

// take removes a node of the level: any one if the level is too large to be run whole, else the last, which is deterministic and cheap.
func (e *explorer) take(level int, s *choice.Stream) node {
	list := e.levels[level]
	i := len(list) - 1
	if len(list) > e.limit.Schedules-e.stats.Schedules {
		i = s.Intn(len(list))
	}
	n := list[i]
	list[i] = list[len(list)-1]
	e.levels[level] = list[:len(list)-1]
	return n
}

// branch adds the schedules that differ from the executed one in one more place, after all its switches.
func (e *explorer) branch(level int, n node, steps []Step) {
	last := lastSteps(steps)
	for i := n.from; i < len(steps); i++ {
		prev, nth := -1, 0
		if i > 0 {
			prev, nth = steps[i-1].Task, steps[i-1].Nth+1
		}
		cost := level
		if prev >= 0 && last[prev] >= i {
			cost++
		}
		for t, at := range last {
			if at >= i && t != steps[i].Task {
				e.add(cost, n, Switch{Task: prev, Nth: nth, Site: siteOf(steps[i:], prev), To: t}, i+1)
			}
		}
	}
}

// add queues a child, unless it is beyond the bound; a level holds at most four times what may still be run of it.
func (e *explorer) add(cost int, n node, sw Switch, from int) {
	if cost >= len(e.levels) {
		return
	}
	if len(e.levels[cost]) > 4*e.room {
		e.dropped = true
		return
	}
	e.levels[cost] = append(e.levels[cost], node{append(slices.Clip(n.switches), sw), from})
}
