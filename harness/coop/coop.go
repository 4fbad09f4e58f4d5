// Package coop runs a few tasks under a schedule that is under control, on one thread, by switching between them at named points only.
//
// It is the exact, small engine behind check: code under test that passes a point in front of every access to shared memory (package
// point) and never blocks otherwise is run as coroutines, so that a schedule is a list of switches, the same list gives the same run,
// and thousands of schedules of a small program are explored in milliseconds.
//
// What it does not see: accesses without a point in front of them are never separated; goroutines that the code under test starts
// itself are not controlled; a task that blocks on a real lock held by another task blocks for good. Memory is sequentially
// consistent here, as Go's atomics are.
package coop

import (
	"iter"
)

// A Switch says: when Task is about to do what follows its Nth point, let To run instead. Points are counted from 1 within the task;
// the 0th is its start, and its end counts as one more. Naming a place by task and count survives changes elsewhere in the schedule.
// Task is -1 for the choice of the first task.
type Switch struct {
	Task, Nth int
	Site      string // the name of that point, for people; not compared
	To        int
}

// A Step is one point at which a task was allowed to go on.
type Step struct {
	Task, Nth int
	Site      string
}

// A Runner runs tasks. It keeps its coroutines between runs, so one Runner explores many schedules; it is not safe for concurrent use.
type Runner struct {
	tasks []*task
	cur   int // the running task, or -1
	limit int
	fair  int
}

// New returns a runner for at most n tasks at a time. A run is cut off after limit steps. A task that has made fair steps in a row, as a
// spinning one does, is followed by the next in turn.
func New(n, limit, fair int) *Runner {
	r := &Runner{cur: -1, limit: limit, fair: fair}
	for range n {
		r.tasks = append(r.tasks, &task{})
	}
	return r
}

// task is a coroutine that executes one job after another.
type task struct {
	job   func()
	next  func() (string, bool)
	stop  func()
	yield func(string) bool

	live  bool   // has a job that is not finished
	nth   int    // points passed
	site  string // the point at which it waits
	crash any    // what the job panicked with
}

// done is what a task yields when its job is finished.
const done = "\x00done"

// cancelled unwinds a task whose run was cut off.
type cancelled struct{}

// At is the hook: it suspends the running task at a point. Outside of a run it does nothing.
func (r *Runner) At(site string) {
	if r.cur < 0 {
		return
	}
	if !r.tasks[r.cur].yield(site) {
		panic(cancelled{})
	}
}

// Current returns the task that is running, or -1.
func (r *Runner) Current() int { return r.cur }

// An Outcome is what happened in a run.
type Outcome struct {
	// Steps is the executed schedule. It is valid until the next run.
	Steps []Step
	// Stuck says that the limit was reached: the tasks spin, and a fair schedule did not help.
	Stuck bool
	// Panic is what a task panicked with, and Panicked which.
	Panic    any
	Panicked int
}

// A Chooser decides which task runs next. It is asked before every step with the live tasks in rising order, at least two of them,
// and the task that ran last, which may have ended.
type Chooser func(r *Runner, live []int, last int) int

// Run executes the jobs, one a task, under the chooser, and returns when all have finished, one has panicked, or the limit is reached.
func (r *Runner) Run(jobs []func(), choose Chooser, steps []Step) Outcome {
	out := Outcome{Steps: steps[:0], Panicked: -1}
	live := r.load(jobs)
	last, streak := -1, 0
	for len(live) > 0 {
		if len(out.Steps) >= r.limit {
			out.Stuck = true
			break
		}
		t := live[0]
		if len(live) > 1 {
			t = choose(r, live, last)
			if t == last && streak >= r.fair {
				t = after(live, last)
			}
		}
		if t != last {
			last, streak = t, 0
		}
		streak++
		k := r.tasks[t]
		out.Steps = append(out.Steps, Step{t, k.nth, k.site})
		if r.resume(t); !k.live {
			live = without(live, t)
		}
		if k.crash != nil {
			out.Panic, out.Panicked = k.crash, t
			break
		}
	}
	r.unload(len(jobs))
	return out
}

// Nth returns how many points the task has passed.
func (r *Runner) Nth(task int) int { return r.tasks[task].nth }

// Site returns the point at which the task waits.
func (r *Runner) Site(task int) string { return r.tasks[task].site }

// load gives each job to a task.
func (r *Runner) load(jobs []func()) []int {
	live := make([]int, len(jobs))
	for i, job := range jobs {
		t := r.tasks[i]
		t.job, t.live, t.nth, t.site, t.crash = job, true, 0, "start", nil
		live[i] = i
	}
	return live
}

// unload unwinds what a run that was cut off left behind.
func (r *Runner) unload(n int) {
	for _, t := range r.tasks[:n] {
		if t.live && t.next != nil {
			t.close()
		}
		t.job, t.live = nil, false
	}
}

// resume lets a task run to its next point or its end.
func (r *Runner) resume(i int) {
	t := r.tasks[i]
	if t.next == nil {
		t.open()
	}
	r.cur = i
	site, ok := t.next()
	r.cur = -1
	t.nth++
	if !ok || site == done {
		t.live = false
		if t.crash != nil {
			t.close()
		}
		return
	}
	t.site = site
}

// open starts the coroutine of a task.
func (t *task) open() {
	t.next, t.stop = iter.Pull(func(yield func(string) bool) {
		t.yield = yield
		for t.work() && yield(done) {
		}
	})
}

// work executes the job, and reports false if the coroutine must end.
func (t *task) work() (ok bool) {
	defer func() {
		if e := recover(); e != nil {
			ok = false
			if _, c := e.(cancelled); !c {
				t.crash = e
			}
		}
	}()
	t.job()
	return true
}

// close unwinds the coroutine.
func (t *task) close() {
	t.stop()
	t.next, t.stop, t.yield = nil, nil, nil
}

// Close ends all coroutines. The runner may be used again.
func (r *Runner) Close() {
	for _, t := range r.tasks {
		if t.next != nil {
			t.close()
		}
	}
}

// after returns the live task that follows t in turn.
func after(live []int, t int) int {
	for _, u := range live {
		if u > t {
			return u
		}
	}
	return live[0]
}

// without removes t from the live tasks, in place.
func without(live []int, t int) []int {
	for i, u := range live {
		if u == t {
			return append(live[:i], live[i+1:]...)
		}
	}
	return live
}
