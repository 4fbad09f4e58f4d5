package explain

import "slices"

// A row of the table is a step, or a number of steps that are folded.
type row struct {
	step   int
	folded int   // steps that this row stands for, if it is no step itself
	by     []int // whose they are
}

// past returns the steps in the causal past of some others, which it includes: the earlier ones of the same goroutine, those that started it,
// those that ended its waits, and earlier ones on the same object, of which at least one of two writes. This is what vector clocks
// would say; since only one past is asked for, walking back is enough.
func (a *analysis) past(targets []int) []bool {
	links := a.links()
	in := make([]bool, len(a.steps))
	stack := slices.Clone(targets)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i < 0 || i >= len(in) || in[i] {
			continue
		}
		in[i] = true
		stack = append(stack, links[i]...)
		stack = append(stack, a.before[i]...)
	}
	return in
}

// links returns for each step the steps directly before it: of the same goroutine, and on the same object.
func (a *analysis) links() [][]int {
	type access struct {
		write int
		reads []int
	}
	links := make([][]int, len(a.steps))
	lastBy, objects := make([]int, len(a.threads)), map[int]*access{}
	for i := range lastBy {
		lastBy[i] = -1
	}
	for i, s := range a.steps {
		if lastBy[s.by] >= 0 {
			links[i] = append(links[i], lastBy[s.by])
		} else if from, ok := a.started[s.by]; ok && from < i {
			links[i] = append(links[i], from)
		}
		lastBy[s.by] = i
		if s.Object < 0 || s.goesOn() {
			continue
		}
		o := objects[s.Object]
		if o == nil {
			o = &access{write: -1}
			objects[s.Object] = o
		}
		if o.write >= 0 {
			links[i] = append(links[i], o.write)
		}
		if noEffect[s.Kind] {
			o.reads = append(o.reads, i)
			continue
		}
		links[i] = append(links[i], o.reads...)
		o.write, o.reads = i, nil
	}
	return links
}

// targets returns the steps that the failure is about: where goroutines wait, and the last thing done to what they wait for; or else the
// last step.
func (a *analysis) targets() []int {
	var all []int
	for _, w := range a.Waits[:min(len(a.Waits), maxWaits)] {
		if w.Step >= 0 {
			all = append(all, w.Step)
		} else {
			all = append(all, a.lastStep(a.threads[w.by]))
		}
		if w.Object >= 0 {
			all = append(all, a.lastOf(w.Object, "Signal", "Send", "Receive", "Close", "Add"))
		}
	}
	for _, s := range a.Spinning {
		all = append(all, a.lastStep(a.threads[a.byID[s.Thread]]))
	}
	if a.Critical != nil {
		all = append(all, a.Critical.First, a.Critical.Second)
	}
	if a.e.Failure == "race" {
		for _, g := range a.threads {
			if g.own {
				all = append(all, a.lastStep(g))
			}
		}
	}
	if len(all) == 0 || !a.waitingMatters() {
		all = append(all, a.lastOwn())
	}
	return slices.DeleteFunc(all, func(i int) bool { return i < 0 })
}

// lastStep returns the last step of a goroutine, or -1.
func (a *analysis) lastStep(g *thread) int {
	if len(g.steps) == 0 {
		return -1
	}
	return g.steps[len(g.steps)-1]
}

// important returns the steps that must not be folded.
func (a *analysis) important() map[int]bool {
	must := map[int]bool{}
	for _, w := range a.Waits[:min(len(a.Waits), maxFor)] {
		must[w.Step], must[w.holds], must[a.holdOf(w)] = true, true, true
		if w.Kind == waitsForSignal || w.Kind == waitsToSend || w.Kind == waitsToReceive {
			last := a.lastOf(w.Object, "Signal", "Send", "Receive", "Close")
			must[last] = true
			if j, ok := a.woke[last]; ok {
				must[j] = true
			}
		}
	}
	if a.Critical != nil {
		must[a.Critical.First], must[a.Critical.Second] = true, true
	}
	if !a.waitingMatters() {
		must[a.lastOwn()] = true
	}
	delete(must, -1)
	return must
}

// dull reports whether a step says nothing to a reader: a goroutine begins or ends, or the machinery of tests or the inside of a library is at work.
func (a *analysis) dull(i int) bool {
	s := a.steps[i]
	if s.Kind == "Begin" || s.Kind == "End" || !a.threads[s.by].own {
		return true
	}
	return s.at().File != "" && !s.at().own() && !a.waitedFor[s.Object]
}

// rows chooses what the table shows: what is in the causal past of the failure and is not dull, or is marked. Long runs are folded. At most
// about most rows are left.
func (a *analysis) rows(most int) []row {
	in, must := a.past(a.targets()), a.important()
	shown := make([]bool, len(a.steps))
	for i := range a.steps {
		shown[i] = must[i] || in[i] && !a.dull(i)
	}
	a.showForced(in, shown)
	a.showPicked(in, shown, must)
	a.showAll(in, shown)
	var kept []int
	for i := range shown {
		if shown[i] {
			kept = append(kept, i)
		}
	}
	if a.e.Failure == "livelock" {
		most = min(most, spinRows) // one turn is like another
	}
	if rows := a.fold(kept, must, longRun); len(rows) <= most {
		return rows
	}
	return a.foldAll(kept, must, most)
}

// spinRows is how much of a livelock is shown.
const spinRows = 16

// showAll makes sure that each goroutine of the test that has a part has a row.
func (a *analysis) showAll(in, shown []bool) {
	for _, g := range a.threads {
		if !g.own || slices.ContainsFunc(g.steps, func(i int) bool { return shown[i] }) {
			continue
		}
		if i := slices.IndexFunc(g.steps, func(i int) bool { return in[i] }); i >= 0 {
			shown[g.steps[i]] = true
		}
	}
}

// showForced makes sure that each forced switch has a row: if what it switched to is dull, and so is everything that followed without
// another switch, the dull step itself is shown.
func (a *analysis) showForced(in, shown []bool) {
	for i, s := range a.steps {
		if !s.Forced || !in[i] || !a.threads[s.by].own {
			continue
		}
		j := i
		for j < len(a.steps) && a.steps[j].by == s.by && !shown[j] && (j == i || !a.steps[j].Forced) {
			j++
		}
		shown[i] = shown[i] || j == len(a.steps) || a.steps[j].by != s.by || !shown[j]
	}
}

// forced reports whether a step, or one that is not shown and directly before it of the same goroutine, followed a forced switch.
func (a *analysis) forced(i int, shown map[int]bool) bool {
	for j := i; j >= 0 && a.steps[j].by == a.steps[i].by && (j == i || !shown[j]); j-- {
		if a.steps[j].Forced {
			return true
		}
	}
	return false
}

// longRun is how many steps of one goroutine in a row are shown.
const longRun = 6

// fold replaces the middle of long runs of one goroutine in which nothing is marked.
func (a *analysis) fold(kept []int, must map[int]bool, long int) []row {
	var rows []row
	for from := 0; from < len(kept); {
		to := from + 1
		for to < len(kept) && a.steps[kept[to]].by == a.steps[kept[from]].by && !must[kept[to]] && !must[kept[from]] {
			to++
		}
		if to-from > long {
			rows = append(rows, row{step: kept[from]}, row{step: -1, folded: to - from - 2, by: []int{a.steps[kept[from]].by}}, row{step: kept[to-1]})
		} else {
			for _, i := range kept[from:to] {
				rows = append(rows, row{step: i})
			}
		}
		from = to
	}
	return rows
}

// foldAll keeps what is marked with its neighbours, and the beginning and the end, and folds the rest.
func (a *analysis) foldAll(kept []int, must map[int]bool, most int) []row {
	keep := make([]bool, len(kept))
	n := 0
	set := func(i int) {
		if i >= 0 && i < len(keep) && !keep[i] && n < most {
			keep[i] = true
			n++
		}
	}
	for i := len(kept) - 1; i >= 0; i-- {
		if must[kept[i]] {
			set(i)
		}
	}
	for i := len(kept) - 1; i >= 0; i-- {
		if s := a.steps[kept[i]]; s.Forced && len(a.Spinning) == 0 || i > 0 && a.steps[kept[i-1]].by != s.by && must[kept[i]] {
			set(i)
			set(i - 1)
		}
	}
	for i := 1; n < most && i <= len(kept); i++ {
		set(len(kept) - i)
	}
	return a.gaps(kept, keep)
}

// gaps replaces what is not kept by rows that say how much it was.
func (a *analysis) gaps(kept []int, keep []bool) []row {
	var rows []row
	for i, k := range kept {
		if keep[i] {
			rows = append(rows, row{step: k})
			continue
		}
		if i == 0 || keep[i-1] {
			rows = append(rows, row{step: -1})
		}
		r := &rows[len(rows)-1]
		r.folded++
		if by := a.steps[k].by; !slices.Contains(r.by, by) && len(r.by) < maxFor {
			r.by = append(r.by, by)
		}
	}
	return rows
}
