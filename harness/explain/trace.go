package explain

import "fmt"

// A trace is an execution in which everything can be found: goroutines by number, also those that the execution only mentions.
type trace struct {
	e       *Execution
	threads []*thread
	byID    map[int]int
	objects map[int]Object
	steps   []step
	waits   []*Waiting
	started map[int]int // by goroutine: the step that started it
}

// A thread is a goroutine with what it did.
type thread struct {
	Thread
	index  int
	name   string
	parent *thread // nil if there is none
	steps  []int   // indices of its steps
	wait   *Waiting
	own    bool // it runs code that somebody tests
	ended  bool
}

// A step is an operation with the index of its goroutine.
type step struct {
	*Step
	by int
}

// newTrace indexes an execution.
func newTrace(e *Execution) *trace {
	t := &trace{e: e, byID: map[int]int{}, objects: map[int]Object{}}
	for _, g := range e.Threads {
		t.add(g)
	}
	for _, o := range e.Objects {
		t.objects[o.ID] = o
	}
	for i := range e.Steps {
		s := &e.Steps[i]
		g := t.thread(s.Thread)
		t.steps = append(t.steps, step{s, g.index})
		g.steps = append(g.steps, i)
		g.ended = s.Kind == "End"
	}
	for i := range e.Waiting {
		if g := t.thread(e.Waiting[i].Thread); g.wait == nil {
			g.wait = &e.Waiting[i]
			t.waits = append(t.waits, g.wait)
		}
	}
	for _, g := range t.threads {
		if i, ok := t.byID[g.Parent]; ok {
			g.parent = t.threads[i]
		}
	}
	t.started = t.starts()
	t.placeWaits()
	for _, g := range t.threads {
		g.own = t.runsOwn(g)
		g.name = t.nameOf(g)
	}
	t.endings()
	return t
}

// add enters a goroutine. Of two with one number, the first counts.
func (t *trace) add(g Thread) *thread {
	if i, ok := t.byID[g.ID]; ok {
		return t.threads[i]
	}
	n := &thread{Thread: g, index: len(t.threads)}
	t.byID[g.ID] = n.index
	t.threads = append(t.threads, n)
	return n
}

// thread returns the goroutine with a number, which may be news.
func (t *trace) thread(id int) *thread { return t.add(Thread{ID: id, Parent: -1}) }

// placeWaits gives the steps at which goroutines wait the place that their stacks tell, if an engine recorded only a place in a library.
func (t *trace) placeWaits() {
	for _, g := range t.threads {
		if g.wait == nil || len(g.steps) == 0 {
			continue
		}
		at := &t.steps[g.steps[len(g.steps)-1]]
		if f, ok := first(g.wait.Stack); ok && f.own() && at.Blocked && !at.at().own() {
			moved := *at.Step
			moved.Site = f
			at.Step = &moved
		}
	}
}

// endings finds the goroutines that have ended: those that are not among the waiting ones where the failure is that some wait.
func (t *trace) endings() {
	if len(t.waits) == 0 || !t.waitingMatters() {
		return
	}
	for _, g := range t.threads {
		g.ended = g.wait == nil
	}
}

// waitingMatters reports whether the failure is that goroutines wait forever.
func (t *trace) waitingMatters() bool { return t.e.Failure == "deadlock" || t.e.Failure == "leak" }

// runsOwn reports whether a goroutine is of interest to somebody who tests their own code.
func (t *trace) runsOwn(g *thread) bool {
	_, seen := t.outermost(g)
	if seen || g.Site.own() || (Site{Func: g.Func}).own() {
		return true
	}
	i, ok := t.started[g.index] // by a library, on behalf of such code
	return ok && t.steps[i].at().own()
}

// label returns "G3 reader".
func (g *thread) label() string { return fmt.Sprintf("G%d %s", g.ID, g.name) }

// object returns an object by number, and whether there is one.
func (t *trace) object(id int) (Object, bool) {
	o, ok := t.objects[id]
	return o, ok && id >= 0
}

// at returns where a step is in code that somebody tests.
func (s step) at() Site {
	if s.Site.own() {
		return s.Site
	}
	if f, ok := first(s.Stack); ok && f.own() {
		return f
	}
	return s.Site
}

// starts returns for each goroutine the step that started it: the n-th Go of its parent started its n-th child.
func (t *trace) starts() map[int]int {
	gos, starts := map[int][]int{}, map[int]int{}
	for i, s := range t.steps {
		if s.Kind == "Go" {
			gos[s.by] = append(gos[s.by], i)
		}
	}
	for _, g := range t.threads {
		parent, ok := t.byID[g.Parent]
		if all := gos[parent]; ok && len(all) > 0 {
			starts[g.index] = all[0]
			gos[parent] = all[1:]
		}
	}
	return starts
}
