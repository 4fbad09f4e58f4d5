package explore

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// ErrNothingSelected is returned by Run if no test was found, so that nothing selected cannot be taken for nothing failed.
var ErrNothingSelected = gotest.ErrNothingSelected

// A testName names a test of all packages.
type testName struct{ importPath, test, target string }

// A Summary says what a run did not show.
type Summary struct {
	Tests, Exhausted, Sampled, Refused, Failed int
	Programs                                   int64 // that were generated, by tests that held
}

// NotProved says it in sentences.
func (s *Summary) NotProved() (sentences []string) {
	if s.Sampled > 0 {
		sentences = append(sentences, report.Plural(int64(s.Sampled), "test")+" held on a sample of schedules; a schedule that was not tried may fail")
	}
	if s.Programs > 0 {
		sentences = append(sentences, report.Plural(s.Programs, "program")+" of a few operations were generated; another one may fail")
	}
	return sentences
}

// Run explores the selected tests of packages, one after another as far as verdicts go and side by side as far as processors go, and tells emit what happens,
// from one goroutine at a time. It emits Start, then for each test Run, Progress, Violation and Verdict. When ctx ends, what was found until then is
// told and saved. End is the caller's.
//
// A failing test is no error. An error means a bad configuration, a machine that cannot start processes, or ErrNothingSelected.
func Run(ctx context.Context, config Config, emit func(report.Event)) (*Summary, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	selects, err := gotest.Selector(config.Run)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(config.TempDir, "harness-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for temporary files: %w", err)
	}
	r := &run{config: config, launcher: newLauncher(config, dir), summary: &Summary{}}
	r.emit = r.inTurn(emit)
	r.list(ctx, selects)
	if len(r.trials) > 0 {
		r.start()
		r.all(ctx)
	}
	r.unrun()
	err = os.RemoveAll(dir)
	if len(r.trials) == 0 && ctx.Err() == nil {
		err = ErrNothingSelected
	}
	return r.summary, err
}

// A run is one call of Run.
type run struct {
	config   Config
	launcher *launcher
	emit     func(report.Event)
	trials   []*trial
	skipped  []report.Event // about packages that were not run
	summary  *Summary

	mu       sync.Mutex
	began    time.Time
	finished int // trials
}

// inTurn makes a function that is called by one goroutine at a time.
func (r *run) inTurn(emit func(report.Event)) func(report.Event) {
	var mu sync.Mutex
	return func(e report.Event) {
		mu.Lock()
		defer mu.Unlock()
		emit(e)
	}
}

// list finds the tests of all packages, several at a time.
func (r *run) list(ctx context.Context, selects func(string) bool) {
	outcomes := make([]*outcome, len(r.config.Packages))
	var all sync.WaitGroup
	for i, p := range r.config.Packages {
		if path, race := p.binary(); path != "" {
			all.Go(func() {
				outcomes[i] = r.launcher.run(ctx, job{path: path, dir: p.Dir, race: race, args: []string{"-test.list=."}, silence: r.config.Silence})
			})
		}
	}
	all.Wait()
	saved := savedCases(r.config.CaseDir)
	for i, p := range r.config.Packages {
		for _, test := range r.testsOf(p, outcomes[i]) {
			if selects(test) {
				r.add(p, test, saved)
			}
		}
	}
}

// add adds the trial of a test, or one for each target that it is to run.
func (r *run) add(p Package, test string, saved map[testName][]savedCase) {
	t := trial{launcher: r.launcher, config: r.config, pkg: p, test: test, emit: r.emit}
	if len(r.config.Targets) == 0 {
		t.saved = saved[testName{p.ImportPath, test, ""}]
		r.trials = append(r.trials, &t)
	}
	for _, target := range r.config.Targets {
		one := t
		one.target, one.saved = &target, saved[testName{p.ImportPath, test, target.ID()}]
		r.trials = append(r.trials, &one)
	}
}

// testsOf returns the tests of a package, or writes down why there are none.
func (r *run) testsOf(p Package, o *outcome) []string {
	e := report.Event{Kind: report.Verdict, Engine: engine, Package: p.ImportPath, Status: report.Errored}
	switch {
	case p.BuildError != "":
		e.Message = "build failed: " + p.BuildError
	case o == nil:
		e.Status, e.Message = report.Skipped, "no test files"
	case o.cancelled:
		e.Status, e.Message = report.Inconclusive, "interrupted before its tests were known"
	case o.problem != "" || !o.exit.Good():
		e.Message = "listing its tests failed: " + o.problem + brief(o.output)
	default:
		return gotest.TestNames(o.output)
	}
	r.skipped = append(r.skipped, e)
	return nil
}

// start announces the run.
func (r *run) start() {
	e := report.Event{Kind: report.Start, Engine: engine, Package: r.config.Subject, Subject: "test", Seed: report.Seed(r.config.Seed), Budget: r.config.For,
		Cores: r.config.Workers, Details: r.config.Details}
	for _, t := range r.trials {
		name := t.test
		if t.target != nil {
			e.Subject = t.target.subject()
			e.Targets = append(e.Targets, t.target.name(e.Package))
			continue
		}
		if t.pkg.ImportPath != e.Package {
			name = t.pkg.ImportPath + "/" + name
		}
		e.Targets = append(e.Targets, name)
	}
	r.emit(e)
}

// all runs the trials and tells their verdicts in order.
func (r *run) all(ctx context.Context) {
	r.began = r.config.Now()
	results := make([]chan *result, len(r.trials))
	for i := range results {
		results[i] = make(chan *result, 1)
	}
	var running sync.WaitGroup
	free := make(chan struct{}, r.config.Workers)
	running.Go(func() {
		for i, t := range r.trials {
			free <- struct{}{}
			running.Go(func() {
				t.deadline = r.share()
				results[i] <- t.run(ctx)
				r.close()
				<-free
			})
		}
	})
	for i, t := range r.trials {
		r.tell(t, <-results[i])
	}
	running.Wait()
}

// share returns when the time of a test that begins now is over: those that are left share what is left.
func (r *run) share() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.config.For == 0 {
		return time.Time{}
	}
	now := r.config.Now()
	rest := r.began.Add(r.config.For).Sub(now)
	left := len(r.trials) - r.finished
	return now.Add(rest * time.Duration(min(r.config.Workers, left)) / time.Duration(left))
}

// close counts a trial that is done.
func (r *run) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished++
}

// tell emits what became of a test, and counts it.
func (r *run) tell(t *trial, got *result) {
	if got.failure != nil {
		r.config.OnFailure(got.failure)
		t.event(t.violation(got.failure))
	}
	v := t.verdict(got)
	t.event(v)
	for _, note := range got.notes {
		t.event(report.Event{Kind: report.Note, Message: note})
	}
	s := r.summary
	s.Tests++
	if v.Status == report.Held {
		s.Programs += got.programs
	}
	switch {
	case v.Status == report.Violated:
		s.Failed++
	case v.Status == report.Skipped:
		s.Refused++
	case v.Status == report.Held && v.Space >= 1:
		s.Exhausted++
	case v.Status == report.Held:
		s.Sampled++
	}
}

// unrun tells about the packages that were not run. One without tests is worth a line only if nothing else is.
func (r *run) unrun() {
	for _, e := range r.skipped {
		if e.Status != report.Skipped || len(r.trials) == 0 {
			r.emit(e)
		}
	}
}
