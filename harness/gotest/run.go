package gotest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Run runs the selected tests of the binaries in many processes, sorts their failures into buckets, and reports. It returns
// when the budget is used up or ctx ends, and then nothing that it started is left: no process, file or goroutine.
//
// A failing test is no error. An error means a bad configuration, or a machine that cannot start processes, or
// ErrNothingSelected; the report is valid then as far as it goes, and nil only for a bad configuration.
func Run(ctx context.Context, config RunConfig) (*Report, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	selected, err := parseSelection(config.Run)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(config.TempDir, "harness-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for temporary files: %w", err)
	}
	defer removeAll(dir)
	c := newCoordinator(config, dir)
	c.findTests(ctx, selected)
	if len(c.schedule.jobs) == 0 && ctx.Err() == nil {
		return c.report(ctx), ErrNothingSelected
	}
	c.event(Event{Kind: Listed, Selected: slices.Clone(c.tally.order)})
	err = c.loop(ctx)
	return c.report(ctx), err
}

// A coordinator owns the state of a run. Workers ask it for jobs and hand it results over channels; it holds no lock.
type coordinator struct {
	config   RunConfig
	dir      string
	env      []string
	planner  planner
	schedule schedule
	tally    *tally
	skipped  []Skipped
	notes    []string
	began    time.Time
	ended    int // processes
	raced    int // processes of binaries with the race detector that were started
	late     int // of these, those that wait for late races
	lateBusy bool
	failing  int // processes in a row that could not be started
	escaped  bool
}

// newCoordinator prepares a run.
func newCoordinator(config RunConfig, dir string) *coordinator {
	env := config.environment()
	return &coordinator{
		config: config, dir: dir, env: env, planner: newPlanner(config, env), tally: newTally(config.Workers),
		schedule: schedule{iterations: config.Iterations}, began: time.Now(),
	}
}

// event tells the caller something.
func (c *coordinator) event(e Event) {
	e.Processes, e.Elapsed = c.ended, time.Since(c.began)
	c.config.OnEvent(e)
}

// lateEvery is one in how many processes of binaries with race detector waits for late races.
const lateEvery = 64

// maxFailing is after how many processes in a row that could not be started a run is given up.
const maxFailing = 50

// A task is one process for a worker.
type task struct {
	job    *job
	number int
	late   bool
}

// loop hands out tasks and takes results until the budget is used up or ctx ends, and waits for the workers.
func (c *coordinator) loop(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tasks, late, results := make(chan task), make(chan task), make(chan *result)
	stop := c.startWorkers(ctx, tasks, late, results)
	defer stop()
	over := time.NewTimer(c.budget())
	defer over.Stop()
	expired, done := over.C, ctx.Done()
	for running, open := 0, true; ; {
		next, ok := c.nextTask()
		ok = ok && open
		if !ok && running == 0 {
			return nil
		}
		normal, special := offer(tasks, late, ok, next.late)
		select {
		case normal <- next:
			running++
			c.started(next)
		case special <- next:
			running++
			c.started(next)
		case r := <-results:
			running--
			if err := c.finished(r); err != nil {
				return err
			}
		case <-expired:
			expired, open = nil, false
		case <-done:
			done, open = nil, false
		}
	}
}

// offer returns the channels on which to offer a task: none if there is no task, and only where it belongs.
func offer(tasks, late chan task, ok, isLate bool) (normal, special chan<- task) {
	switch {
	case !ok:
		return nil, nil
	case isLate:
		return nil, late
	}
	return tasks, nil
}

// budget returns how long new processes are started.
func (c *coordinator) budget() time.Duration {
	if c.config.For > 0 {
		return c.config.For
	}
	return never
}

// nextTask returns the next process to start.
func (c *coordinator) nextTask() (task, bool) {
	j := c.schedule.next()
	if j == nil {
		return task{}, false
	}
	return task{job: j, number: j.started, late: c.lateDue(j)}, true
}

// started counts a process that a worker took.
func (c *coordinator) started(t task) {
	c.schedule.start(t.job)
	if c.config.Binaries[t.job.binary].Race {
		c.raced++
	}
	if t.late {
		c.late++
		c.lateBusy = true
	}
}

// lateDue reports whether the next process of a job is to wait for late races: one in lateEvery, one at a time.
func (c *coordinator) lateDue(j *job) bool {
	return c.config.Binaries[j.binary].Race && !c.lateBusy && c.raced >= lateEvery*(c.late+1)
}

// finished counts a process that a worker has run. It returns an error if no process can be started any more.
func (c *coordinator) finished(r *result) error {
	if r.run.Plan.Late {
		c.lateBusy = false
	}
	if r.cancelled {
		r.job.running--
		return nil
	}
	c.ended++
	c.failing++
	if r.run.Error == "" {
		c.failing = 0
	}
	elapsed := time.Since(c.began)
	fresh, fruitful := c.tally.add(r, elapsed)
	c.schedule.end(r.job, chargeable(r.run), fruitful)
	c.event(Event{Kind: Ran, ImportPath: r.run.ImportPath, Test: r.run.Test, Process: &r.run, Failures: r.failures})
	for _, b := range fresh {
		c.event(Event{Kind: NewBucket, ImportPath: b.ImportPath, Test: b.Test, Bucket: b})
		c.tally.retain(b)
	}
	c.noteEscape(r)
	if r.job.dropped != "" && r.job.barren == maxBarren {
		c.event(Event{Kind: GivenUp, ImportPath: r.run.ImportPath, Test: r.job.test, Reason: r.job.dropped})
	}
	if c.failing >= maxFailing {
		return fmt.Errorf("%d processes in a row could not be started: %s", c.failing, r.run.Error)
	}
	return nil
}

// noteEscape writes down, once, that a test leaves processes behind that cannot be found.
func (c *coordinator) noteEscape(r *result) {
	if r.run.Escaped && !c.escaped {
		c.escaped = true
		c.notes = append(c.notes, r.run.ImportPath+"."+r.run.Test+
			": something that it started left its process group, and may still run")
	}
}

// chargeable returns the time for which a test is charged: not for the detector's wait.
func chargeable(r Process) time.Duration {
	if r.Plan.Late {
		return max(0, r.Elapsed-time.Second)
	}
	return r.Elapsed
}

// report closes the books.
func (c *coordinator) report(ctx context.Context) *Report {
	r := &Report{Seed: c.config.Seed, Skipped: c.skipped, Processes: c.ended, Cancelled: ctx.Err() != nil,
		Elapsed: time.Since(c.began), Notes: c.notes}
	dropped := map[TestName]string{}
	for _, j := range c.schedule.jobs {
		for _, name := range j.tests {
			dropped[TestName{c.config.Binaries[j.binary].ImportPath, name}] = j.dropped
		}
	}
	c.tally.fill(r, dropped)
	return r
}

// startWorkers starts the workers, one more for late races if a binary has the detector, and returns a function that ends them
// and waits. Results that nobody takes any more are dropped then.
func (c *coordinator) startWorkers(ctx context.Context, tasks, late chan task, results chan<- *result) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	quit := make(chan struct{})
	var all sync.WaitGroup
	start := func(number int, from <-chan task) {
		w := newWorker(c, number)
		all.Go(func() { w.work(ctx, from, results, quit) })
	}
	for i := range c.config.Workers {
		start(i, tasks)
	}
	start(c.config.Workers, late)
	return func() {
		cancel()
		close(quit)
		close(tasks)
		close(late)
		all.Wait()
	}
}
