package explore

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A trial is the exploration of one test.
type trial struct {
	launcher *launcher
	config   Config
	pkg      Package
	test     string
	target   *Target // that the test runs, if it is one of the command's
	emit     func(report.Event)
	began    time.Time
	deadline time.Time // zero for none
	limits   ground
	saved    []savedCase
	told     time.Time // when progress was reported last
}

// A result is what a trial shows.
type result struct {
	failure   *Failure
	schedules int64
	decisions int64
	points    int64   // operations of a schedule, on average
	space     float64 // 1 if exhausted
	exhausted bool
	raced     bool // with the race detector, as far as it matters for a proof
	isolated  bool // a process a schedule
	idle      bool
	skips     bool   // its first schedule skipped itself
	refused   string // why it was not explored
	problem   string // why nothing was shown
	late      bool   // its time was over before its schedules
	passing   int    // saved cases that do not fail any more
	notes     []string
	elapsed   time.Duration
	cancelled bool
	wanted    int   // schedules
	programs  int64 // that were generated
	seen      int64 // of these, in all their orders
	stress    *stressed
}

// run takes a test through its saved cases, its first schedule, and the others, until it fails.
func (t *trial) run(ctx context.Context) *result {
	t.began = t.config.Now()
	t.event(report.Event{Kind: report.Run})
	r := &result{wanted: t.mine(), refused: t.pkg.Refused}
	if r.refused == "" {
		t.control(ctx, r)
	}
	if r.refused != "" && t.config.Stress > 0 {
		r.stress = t.stress(ctx)
	}
	r.elapsed, r.cancelled = t.elapsed(), ctx.Err() != nil
	return r
}

// control runs a test under control, unless its first schedule shows that this is not possible.
func (t *trial) control(ctx context.Context, r *result) {
	t.limits = t.ground(ctx)
	if r.refused, r.problem = t.limits.refused, t.limits.problem; r.refused != "" || r.problem != "" || ctx.Err() != nil {
		return
	}
	if t.regress(ctx, r); r.failure != nil {
		return
	}
	if f := t.limits.finding; f != nil {
		f.after, f.schedules, r.schedules = t.elapsed(), 1, 1
		r.judge(t.investigate(ctx, f))
		return
	}
	t.explore(ctx, r)
}

// regress replays the saved cases of the test. One that fails again is its failure, whatever the case expects.
func (t *trial) regress(ctx context.Context, r *result) {
	for _, s := range t.saved {
		got, err := t.launcher.again(ctx, t.pkg, s.c)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.notes = append(r.notes, s.path+" was not replayed: "+err.Error())
		case got.Reproduced:
			r.schedules++
			r.failure = t.known(s, got)
			return
		case got.Problem != "":
			r.notes = append(r.notes, s.path+" was not replayed: "+got.Problem)
		case got.Other != "":
			r.notes = append(r.notes, s.path+" "+got.Missed())
		default:
			r.passing++
			if s.c.Expect == casefile.ExpectFail {
				r.notes = append(r.notes, s.path+" does not fail any more: harness repro --promote "+s.path)
			}
		}
	}
}

// known makes a failure of a saved case that fails again.
func (t *trial) known(s savedCase, got *Replay) *Failure {
	return &Failure{Package: t.pkg, Test: t.test, Kind: got.Execution.Failure, Race: s.c.Found.Race, Execution: got.Execution, After: t.elapsed(), Schedules: 1,
		Minimal: true, Replayed: 1, Replays: 1, Case: filepath.ToSlash(s.path), Saved: true, How: got.How(),
		program: programOf(s.c)}
}

// mine returns how many schedules of the test are in this shard.
func (t *trial) mine() int {
	if t.limits.programs {
		return t.config.mine(t.config.Generated)
	}
	return t.config.mine(t.config.Schedules)
}

// explore runs the schedules of a test.
func (t *trial) explore(ctx context.Context, r *result) {
	r.wanted = t.mine()
	h := t.hunt(ctx, t.chunks())
	sum := h.total()
	r.schedules, r.decisions, r.space, r.exhausted = sum.Schedules, sum.Decisions, sum.Estimate, h.exhausted
	r.raced, r.isolated, r.skips = t.pkg.Race != "", t.limits.isolated, t.limits.skips
	r.refused, r.problem, r.late = h.refused, h.problem, t.late()
	r.idle = t.limits.idle && sum.Decisions == 0
	if r.schedules > 0 {
		r.points = sum.Points / r.schedules
	}
	if r.idle && !h.chance && !r.isolated && h.settled() {
		r.schedules, r.exhausted = 1, true
	}
	r.programs, r.seen = h.programs, h.allSeen
	if h.finding == nil && h.undecided*undecidedShare > r.schedules {
		r.problem = fmt.Sprintf("the history checker gave up on %d of %d schedules", h.undecided, r.schedules)
	}
	for note := range h.notes {
		r.notes = append(r.notes, note)
	}
	if h.finding != nil {
		r.judge(t.investigate(ctx, h.finding))
	}
}

// judge takes what became of a finding.
func (r *result) judge(f *Failure) {
	if r.failure = f; f == nil {
		r.problem = "it finished no schedule in its time, and did when that was tried again: the schedules are very long, or the machine is very busy"
	}
}

// request returns a request for some schedules of this shard, counted from 0.
func (t *trial) request(strategy string, from, count int) request {
	r := request{test: t.test, strategy: strategy, seed: t.config.Seed, count: uint64(count), steps: t.limits.steps, leaks: !t.config.NoLeaks}
	r.from, r.stride = uint64(t.config.Shard+from*t.config.Shards), uint64(t.config.Shards)
	t.setProgram(&r)
	return r
}

// job returns a process of this test.
func (t *trial) job(path string, race bool, r request) job {
	return job{path: path, dir: t.pkg.Dir, env: t.env(), race: race, request: r, deadline: t.deadline, silence: max(t.limits.silence, t.config.Silence)}
}

// late reports whether the time of the test is over.
func (t *trial) late() bool { return !t.deadline.IsZero() && !t.config.Now().Before(t.deadline) }

// elapsed returns how long the test has taken.
func (t *trial) elapsed() time.Duration { return t.config.Now().Sub(t.began) }

// event emits an event about the test.
func (t *trial) event(e report.Event) {
	e.Engine, e.Package, e.Target = engine, t.pkg.ImportPath, t.test
	if t.target != nil {
		e.Package, e.Target, e.Bug = t.target.Row, t.target.Name, t.target.Bug
	}
	t.emit(e)
}

// progressEvery is the least time between two reports of progress.
const progressEvery = 500 * time.Millisecond

// tell reports progress now and then. Its caller keeps others out.
func (t *trial) tell(schedules int64) {
	if now := t.config.Now(); now.Sub(t.told) >= progressEvery {
		t.told = now
		t.event(report.Event{Kind: report.Progress, Schedules: schedules, Elapsed: t.elapsed()})
	}
}

// reaches says what a test reaches for that no schedule decides.
func reaches(u *explain.Uncontrolled) string {
	if why, ok := strings.CutPrefix(u.What, "target: "); ok {
		return why // it says so itself: see harness.Unexplorable
	}
	what := "reaches for something that no schedule decides (" + u.What + ")"
	switch u.What {
	case "socket", "socket or pipe":
		what = "waits for a real socket or pipe"
	case "system call":
		what = "waits in a system call"
	case "signal":
		what = "waits, perhaps for a signal of the system"
	}
	if u.Site.File != "" {
		what += fmt.Sprintf(" (%s:%d)", filepath.Base(u.Site.File), u.Site.Line)
	}
	return what
}
