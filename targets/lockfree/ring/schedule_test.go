package ring

import (
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// This file runs small programs under schedules that a test decides. The tasks of a program are coroutines that hand over at points only, so
// that a schedule is a list of task numbers, runs the same way each time, and needs neither clocks nor luck.

// op is one call of a program.
type op struct {
	name string
	arg  int64
	run  func() [2]int64
}

// call is what happened in one op: its result, and the steps of its first access to shared memory and of its return. A call precedes
// another if it returned at an earlier step than the other's first access.
type call struct {
	task int
	name string
	arg  int64
	res  [2]int64
	inv  int
	ret  int
}

func (c call) String() string {
	return fmt.Sprintf("task %d: %s(%d) = %v", c.task, c.name, c.arg, c.res)
}

// step is one point that a task went past.
type step struct {
	task int
	site string
}

// outcome is what a run did. The slices are valid until the next run of the scheduler.
type outcome struct {
	calls   []call // in the order of return; calls that did not return are missing
	steps   []step
	stuck   bool // the tasks that are left wait for something that never comes
	crashed any  // what a task panicked with
}

// errCancelled unwinds a task whose run is over.
var errCancelled = errors.New("cancelled")

// task is a coroutine that executes the ops of one client after another.
type task struct {
	id    int
	ops   []op
	next  func() (string, bool)
	stop  func()
	yield func(string) bool
	site  string // the point at which it waits
	live  bool
	alone int // steps since another task made one, within one call
	cur   call
}

// scheduler runs programs. A task that has made more than spin steps within a call while nobody else moved is waiting, and is not run
// until another task has moved: whatever it read, it would read again. So spin must exceed the longest way through an operation.
type scheduler struct {
	tasks []*task
	cur   *task
	clock int
	spin  int
	out   outcome
}

// at is the hook of the code under test.
func (s *scheduler) at(site string) {
	t := s.cur
	if t == nil {
		return // before or after the run
	}
	if !t.yield(site) {
		panic(errCancelled)
	}
	if t.cur.inv < 0 {
		t.cur.inv = s.clock
	}
}

// run executes the program that build makes, one list of ops a task, asking pick which of the tasks that are able to move is next.
func (s *scheduler) run(build func(*point.Hook) [][]op, pick func(able []int) int) *outcome {
	s.out = outcome{calls: s.out.calls[:0], steps: s.out.steps[:0]}
	s.clock = 0
	program := build(point.New(s.at))
	for i, ops := range program {
		s.load(i, ops)
	}
	able := make([]int, 0, len(program))
	for s.out.crashed == nil {
		if able = s.able(able[:0]); len(able) == 0 {
			break
		}
		s.resume(s.tasks[pick(able)])
	}
	s.finish()
	return &s.out
}

// load starts task i on its ops: it runs up to its first point, before which nothing is shared.
func (s *scheduler) load(i int, ops []op) {
	if i == len(s.tasks) {
		s.tasks = append(s.tasks, &task{id: i})
	}
	t := s.tasks[i]
	t.ops, t.live, t.alone, t.site = ops, true, 0, "start"
	if t.next == nil {
		t.next, t.stop = iter.Pull(func(yield func(string) bool) {
			t.yield = yield
			for s.work(t) && yield("") {
			}
		})
	}
	s.advance(t)
}

// work executes the ops of a task, and reports whether its coroutine may be used again.
func (s *scheduler) work(t *task) (ok bool) {
	defer func() {
		if e := recover(); e != nil && e != any(errCancelled) {
			s.out.crashed = e
		}
	}()
	for _, o := range t.ops {
		t.cur = call{task: t.id, name: o.name, arg: o.arg, inv: -1}
		t.cur.res = o.run()
		t.cur.ret = s.clock
		if t.cur.inv < 0 {
			t.cur.inv = s.clock
		}
		s.out.calls = append(s.out.calls, t.cur)
		t.alone = 0
	}
	return true
}

// able appends the tasks that can move to the list.
func (s *scheduler) able(list []int) []int {
	waiting := false
	for _, t := range s.tasks {
		if !t.live {
			continue
		}
		if t.alone <= s.spin {
			list = append(list, t.id)
		} else {
			waiting = true
		}
	}
	s.out.stuck = waiting && len(list) == 0
	return list
}

// resume lets a task make one step.
func (s *scheduler) resume(t *task) {
	s.clock++
	s.out.steps = append(s.out.steps, step{t.id, t.site})
	for _, u := range s.tasks {
		if u != t {
			u.alone = 0
		}
	}
	t.alone++
	s.advance(t)
}

// advance runs a task up to its next point or its end.
func (s *scheduler) advance(t *task) {
	s.cur = t
	site, ok := t.next()
	s.cur = nil
	t.site = site
	if !ok {
		t.next = nil
	}
	if !ok || site == "" {
		t.live, t.site = false, "end"
	}
}

// finish unwinds the tasks that a stuck run has left.
func (s *scheduler) finish() {
	for _, t := range s.tasks {
		if t.live {
			t.live = false
			t.stop()
			t.next = nil
		}
	}
}

// close ends the coroutines.
func (s *scheduler) close() {
	for _, t := range s.tasks {
		if t.next != nil {
			t.stop()
		}
	}
}

// newScheduler returns a scheduler that ends with the test.
func newScheduler(t testing.TB, spin int) *scheduler {
	s := &scheduler{spin: spin}
	t.Cleanup(s.close)
	return s
}
