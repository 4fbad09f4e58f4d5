package harness

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A live runs programs on real goroutines, one program at a time.
type live struct {
	target *Target
	cfg    Config
	epoch  time.Time
}

// An execution is a program that was run on real goroutines.
type execution struct {
	run     *Run
	lanes   []*lane
	program Program
	seed    uint64
	env     *Env
	// hang describes what was stuck, and is empty if every client finished.
	hang string
	// stall is what happened while a goroutine was stalled.
	stall stallReport
	fired []Fired
}

// A stallReport says how the others fared while a goroutine of the target was stalled at a point.
type stallReport struct {
	// Happened says that a goroutine was stalled while others had work left.
	happened bool
	// Finished says that the others finished all their operations meanwhile; blocked that they could not finish any.
	finished, blocked bool
	// How says what was seen of the blocked ones.
	how string
}

// Bounds of looking after a run.
const (
	pollEvery = 200 * time.Microsecond // while a goroutine is stalled
	// blockedAfter is the number of points that running goroutines pass, without finishing an operation, after which they count as blocked
	// by a stalled one. A lock-free operation retries a few times; this is counted in steps, not in seconds, so a slow machine accuses nobody.
	blockedAfter = 20_000
	// quietLooks is the number of looks in a row at which no goroutine has passed a further point, after which it is asked whether all of them wait.
	quietLooks = 25
	// longestGap is what counts of the time between two looks.
	longestGap = 100 * time.Millisecond
)

// yieldAtPoints is the hook's base under real goroutines: it yields at one point in four. The coin is the low bits of the monotonic clock, because
// a generator shared by goroutines would order their accesses and so hide data races from the race detector.
func (l *live) yieldAtPoints(string) {
	if choice.Mix(uint64(time.Since(l.epoch)), 1)>>62 == 0 {
		runtime.Gosched()
	}
}

// run executes a program with the faults injected, and waits until all clients have finished or nothing moves any more.
func (l *live) run(ctx context.Context, p Program, seed uint64, faults []*Fault) (*execution, error) {
	env := newEnv(seed, l.target, l.yieldAtPoints)
	env.lockCheck = l.cfg.LockCheck
	system := l.target.New(env)
	lanes := newLanes(l.target, p, l.epoch, seed)
	x := &execution{run: &Run{l.target, env, system, nil}, lanes: lanes, program: p, seed: seed, env: env}
	heal, deciders, err := inject(env, faults, seed)
	if err != nil {
		return nil, err
	}
	defer heal()
	finished := l.start(env, system, lanes)
	l.watch(ctx, x, finished, heal)
	for _, d := range deciders {
		x.fired = append(x.fired, d.Fired()...)
	}
	if x.hang == "" {
		x.run.History = history(lanes)
	}
	return x, nil
}

// inject starts all faults and returns what heals them, which may be called twice.
func inject(env *Env, faults []*Fault, seed uint64) (heal func(), deciders []*Decider, err error) {
	var heals []func()
	heal = sync.OnceFunc(func() {
		for _, h := range heals {
			h()
		}
	})
	for _, f := range faults {
		d := NewDecider(choice.Keyed(seed, "fault", f.Name, 0)) // by name: dropping one fault leaves the others as they were
		h, err := f.Inject(env, d)
		if err != nil {
			heal()
			return nil, nil, fmt.Errorf("inject %s: %w", f.Name, err)
		}
		heals, deciders = append(heals, h), append(deciders, d)
	}
	return heal, deciders, nil
}

// start lets all clients go at once, and returns a channel that is closed when all have ended.
func (l *live) start(env *Env, system any, lanes []*lane) <-chan struct{} {
	var ready, ended sync.WaitGroup
	gate := make(chan struct{})
	for _, lane := range lanes {
		client := l.target.client(env, system, lane.id)
		lane.pausing = true
		ready.Add(1)
		ended.Go(func() {
			ready.Done()
			<-gate
			lane.run(client)
		})
	}
	ready.Wait()
	close(gate)
	finished := make(chan struct{})
	go func() { ended.Wait(); close(finished) }()
	return finished
}

// watch waits for the end of a run. It ends stalls once the others have shown what they can do without the stalled goroutine, heals the faults
// then, and gives up when nothing has moved for as long as the config's patience.
func (l *live) watch(ctx context.Context, x *execution, finished <-chan struct{}, heal func()) {
	now := l.cfg.Clock()
	w := watch{live: l, x: x, since: now, last: now}
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	for {
		select {
		case <-finished:
			return
		case <-timer.C:
		}
		if w.look() {
			heal()
		}
		if w.stuck() {
			x.hang = describeHang(x.lanes)
			l.abandon(x, finished)
			return
		}
		if ctx.Err() != nil {
			heal()
		}
		timer.Reset(w.pause())
	}
}

// watch is the state of looking after one run.
type watch struct {
	live   *live
	x      *execution
	last   time.Duration // of the last look
	since  time.Duration // of the last progress
	done   int64         // operations finished then
	passed int64         // points passed then
	seen   int64         // points passed at the last look
	quiet  int           // looks in a row that saw no further point
	healed bool
}

// look notes progress, and reports whether the faults must be healed now. The points are read on both sides of the operations: if this goroutine
// pauses in between, it sees too few points without an operation, never too many.
func (w *watch) look() bool {
	passed, done, after := w.x.env.passed.Load(), finishedSteps(w.x.lanes), w.x.env.passed.Load()
	now := w.tick()
	if done != w.done {
		w.done, w.since, w.passed = done, now, after
	}
	stalled := int(w.x.env.stalled.Load())
	if w.healed || stalled == 0 {
		return false
	}
	s := &w.x.stall
	s.happened = true
	if runningLanes(w.x.lanes) <= stalled {
		s.finished = true
	} else if s.how = w.blocked(passed, now); s.how != "" {
		s.blocked = true
	} else {
		return false
	}
	w.healed, w.since = true, now
	return true
}

// tick returns the time. A long gap since the last look means that this process did not run, so its clients could not either: only longestGap
// of it counts.
func (w *watch) tick() time.Duration {
	now := w.live.cfg.Clock()
	w.since += max(0, now-w.last-longestGap)
	w.last = now
	return now
}

// stuck reports whether nothing has moved for as long as the config's patience, though no stall explains it.
func (w *watch) stuck() bool {
	excused := !w.healed && w.x.env.stalled.Load() > 0
	return !excused && w.last-w.since > w.live.cfg.Patience
}

// blocked says in what way the clients that are not stalled finish nothing, or "". A slow machine accuses nobody: clients that run count as blocked
// by the points they pass, clients that pass none if each of them waits for another, and only then by the time that a hang takes.
func (w *watch) blocked(passed int64, now time.Duration) string {
	switch {
	case passed-w.passed > blockedAfter:
		return fmt.Sprintf("the others passed over %d points without finishing an operation", blockedAfter)
	case now-w.since > w.live.cfg.Patience:
		return fmt.Sprintf("the others finished nothing for %v", w.live.cfg.Patience)
	case passed != w.seen:
		w.seen, w.quiet = passed, 0
	}
	if w.quiet++; w.quiet < quietLooks {
		return ""
	}
	w.quiet = 0
	return allWait(w.x.lanes)
}

// pause returns how long to wait before looking again.
func (w *watch) pause() time.Duration {
	if !w.healed && w.x.env.watchers.Load() != nil {
		return pollEvery
	}
	return 5 * time.Millisecond
}

// finishedSteps counts the operations that all lanes have finished.
func finishedSteps(lanes []*lane) int64 {
	n := int64(0)
	for _, l := range lanes {
		n += l.done.Load()
	}
	return n
}

// runningLanes counts the lanes that are not finished.
func runningLanes(lanes []*lane) int {
	n := 0
	for _, l := range lanes {
		if int(l.done.Load()) < len(l.steps) {
			n++
		}
	}
	return n
}

// describeHang says which client waits in which operation, followed by a dump of all goroutines.
func describeHang(lanes []*lane) string {
	var b strings.Builder
	for _, l := range lanes {
		if i := int(l.done.Load()); i < len(l.steps) {
			fmt.Fprintf(&b, "c%d is in %s(%s), its operation %d of %d\n", l.id, l.steps[i].Op, argText(l.steps[i].Arg), i+1, len(l.steps))
		}
	}
	buf := make([]byte, 1<<20)
	b.Write(buf[:runtime.Stack(buf, true)])
	return b.String()
}

// abandon ends a run that hangs: goroutines that still pass points leave at the next one; others stay blocked for good.
func (l *live) abandon(x *execution, finished <-chan struct{}) {
	x.env.end()
	select {
	case <-finished:
	case <-time.After(l.cfg.Patience / 5):
	}
}

// verdict judges an execution.
func (l *live) verdict(x *execution) Verdict {
	if v, ok := panicked(x.lanes); ok {
		return v
	}
	if x.hang != "" {
		return Violation("hang", "operations did not finish: "+waiting(x.lanes), x.hang)
	}
	if op, ok := exited(x.lanes); ok {
		return Violation("exit", "an operation ends its goroutine: "+op, op+" called runtime.Goexit (or FailNow of a test): the client could not go on")
	}
	v := l.target.judge(x.run, l.cfg.Configs)
	if v.Status == Held && x.stall.blocked && l.target.Progress >= LockFree {
		return Violation("progress", "not "+l.target.Progress.String()+": others finish nothing while one goroutine is stalled at a point",
			fmt.Sprintf("stalled: %v; %s", x.fired, x.stall.how))
	}
	return v
}

// waiting names the operations in which clients wait, without numbers that change from run to run.
func waiting(lanes []*lane) string {
	names := map[string]bool{}
	for _, l := range lanes {
		if i := int(l.done.Load()); i < len(l.steps) {
			names[l.steps[i].Op] = true
		}
	}
	return "stuck in " + strings.Join(sortedKeys(names), ", ")
}
