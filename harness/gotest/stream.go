package gotest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A StreamConfig says how Stream tells what happens, and what it saves. The zero value saves nothing.
type StreamConfig struct {
	// Engine is the verb of the command, for events and cases: stress, race, soak. "" means race where a binary has the race detector,
	// or else stress.
	Engine string
	// Start, if there is one, is emitted as soon as the tests are known, with Subject, Targets, Seed and Cores filled in where they are
	// empty.
	Start *report.Event
	// CaseDir is where a case is saved for each bucket, with the complete output of its first process beside it; "" saves none.
	CaseDir string
	// Commit is the revision of the code under test, and HarnessVersion that of the harness, for the cases; both may be "".
	Commit, HarnessVersion string
	// Every is the least time between two reports of progress; 0 means a second.
	Every time.Duration
	// Now is the clock for the time in cases; nil means time.Now.
	Now func() time.Time
	// Explain, if there is one, says more about a failure, from the complete output of the process that showed it first: lines for people, or nothing. They come after the
	// Essence of the failure, in events and cases.
	Explain func(f *signature.Failure, output []byte) string
}

// Stream is [Run] for a command: it tells emit, from one goroutine at a time, what happens as events of package report, and saves what
// failed.
//
// While processes run it emits Run for each test, and Progress now and then. At the end come, in the order of the tests, a Violation for
// each bucket that the test was the first to show, and the test's Verdict; then Verdicts about packages that were not run, and Notes. All
// of these come after an interruption, too, from what was seen until then. Start (unless asked for) and End are the caller's.
//
// An error is that of Run, or says that a case could not be saved. Events are complete in both cases. Where a case was saved, the complete
// output is on disk only, and the Output of the bucket's first process is cut to the excerpt.
func Stream(ctx context.Context, c RunConfig, s StreamConfig, emit func(report.Event)) (*Report, error) {
	t := newStreamer(c, s, emit)
	tell := c.OnEvent
	c.OnEvent = func(e Event) {
		t.take(e)
		if tell != nil {
			tell(e)
		}
	}
	r, err := Run(ctx, c)
	if r == nil {
		return nil, err
	}
	t.finish(r)
	return r, errors.Join(err, t.err)
}

// A streamer turns the events of a run into those of a report. It holds counts of tests and the paths of cases, and no output.
type streamer struct {
	emit     func(report.Event)
	engine   string
	start    *report.Event
	every    time.Duration
	config   RunConfig
	cases    *caseWriter
	progress map[TestName]*progress
	order    []TestName
	began    bool          // the tests were announced
	told     time.Duration // when progress was reported last
	err      error
}

// A progress is what is known of a test while it runs.
type progress struct {
	runs, failures int64
	changed        bool
}

// newStreamer fills in the defaults.
func newStreamer(c RunConfig, s StreamConfig, emit func(report.Event)) *streamer {
	raced := slices.ContainsFunc(c.Binaries, func(b Binary) bool { return b.Race })
	engine := cmp.Or(s.Engine, map[bool]string{true: "race", false: "stress"}[raced])
	return &streamer{emit: emit, engine: engine, start: s.Start, every: cmp.Or(s.Every, time.Second), config: c,
		cases: newCaseWriter(c, s, engine), progress: map[TestName]*progress{}}
}

// event emits an event about a test.
func (s *streamer) event(name TestName, e report.Event) {
	e.Engine, e.Package, e.Target = s.engine, name.ImportPath, name.Test
	s.emit(e)
}

// take takes an event of the run.
func (s *streamer) take(e Event) {
	switch e.Kind {
	case Listed:
		s.listed(e)
	case Ran:
		s.ran(e)
	case NewBucket:
		s.explain(e.Bucket)
		s.err = errors.Join(s.err, s.cases.add(e.Bucket))
		s.tell(e.Elapsed)
	case GivenUp:
		s.event(TestName{e.ImportPath, e.Test}, report.Event{Kind: report.Note, Message: e.Reason})
	}
}

// explain adds what there is to say about the failure of a new bucket.
func (s *streamer) explain(b *Bucket) {
	if s.cases.stream.Explain == nil || b.Mixed {
		return
	}
	if text := s.cases.stream.Explain(&b.Failure, b.First.Output); text != "" {
		b.Essence = strings.TrimRight(b.Essence, "\n") + "\n\n" + text + "\n"
	}
}

// listed announces the tests.
func (s *streamer) listed(e Event) {
	s.order, s.began = e.Selected, true
	if s.start != nil {
		s.emit(s.announcement(e.Selected))
	}
	for _, name := range e.Selected {
		s.progress[name] = &progress{}
		s.event(name, report.Event{Kind: report.Run})
	}
}

// announcement completes the start event.
func (s *streamer) announcement(tests []TestName) report.Event {
	e := *s.start
	e.Kind, e.Engine = report.Start, cmp.Or(e.Engine, s.engine)
	e.Subject, e.Seed = cmp.Or(e.Subject, "test"), cmp.Or(e.Seed, report.Seed(s.config.Seed))
	if config, err := s.config.withDefaults(); err == nil {
		e.Cores = cmp.Or(e.Cores, config.Workers)
	}
	if len(e.Targets) > 0 {
		return e
	}
	for _, t := range tests {
		if t.ImportPath == e.Package {
			e.Targets = append(e.Targets, t.Test)
		} else {
			e.Targets = append(e.Targets, t.ImportPath+"/"+t.Test)
		}
	}
	return e
}

// ran counts a process for its test, or for all tests of its package.
func (s *streamer) ran(e Event) {
	for _, name := range s.order {
		if name.ImportPath != e.ImportPath || e.Test != "" && e.Test != name.Test {
			continue
		}
		p := s.progress[name]
		p.runs++
		p.changed = true
		if slices.ContainsFunc(e.Failures, func(f signature.Failure) bool { return e.Test != "" || topLevel(f.Test) == name.Test }) {
			p.failures++
		}
	}
	if e.Elapsed-s.told >= s.every {
		s.tell(e.Elapsed)
	}
}

// tell reports the progress of every test that made some.
func (s *streamer) tell(now time.Duration) {
	s.told = now
	for _, name := range s.order {
		if p := s.progress[name]; p.changed {
			p.changed = false
			s.event(name, report.Event{Kind: report.Progress, Histories: p.runs, Failures: p.failures, Elapsed: now})
		}
	}
}

// topLevel returns the test that a subtest belongs to.
func topLevel(test string) string {
	top, _, _ := strings.Cut(test, "/")
	return top
}

// finish emits the violations and verdicts.
func (s *streamer) finish(r *Report) {
	if !s.began {
		s.listed(Event{}) // nothing was selected
	}
	home := map[string][]*Bucket{}
	for _, b := range r.Buckets {
		home[b.Tests[0]] = append(home[b.Tests[0]], b)
	}
	for _, t := range r.Tests {
		name := TestName{t.ImportPath, t.Test}
		for _, b := range home[name.String()] {
			s.violation(name, b)
		}
		s.event(name, t.verdict(len(home[name.String()]) > 0, r.Buckets))
	}
	for _, skipped := range r.Skipped {
		s.event(TestName{ImportPath: skipped.ImportPath}, skipped.verdict())
	}
	for _, note := range r.Notes {
		s.event(TestName{}, report.Event{Kind: report.Note, Message: note})
	}
}

// violation emits one way in which a test failed, and gives its case the measured rate.
func (s *streamer) violation(name TestName, b *Bucket) {
	path, err := s.cases.measured(b)
	s.err = errors.Join(s.err, err)
	e := report.Event{
		Kind: report.Violation, Seed: report.Seed(b.First.Plan.Seed), Status: report.Violated, Property: string(b.Kind),
		Message: message(b, name.Test), Where: fmt.Sprintf("process %d", b.First.Number+1), After: b.FirstSeen, Rate: b.rate(),
		Histories: int64(b.Runs), Failures: int64(b.Count), Evidence: b.evidence(), Case: path, Replay: b.First.Command,
	}
	if path != "" {
		e.Evidence += "\ncomplete output: " + outputPath(path) + "\n"
		e.Replay = "harness repro " + quote(path)
	}
	s.event(name, e)
}

// message returns the title of a bucket without what stands beside it anyway: the test, and the word race.
func message(b *Bucket, test string) string {
	m := strings.TrimPrefix(b.Title, "data race: ")
	return strings.TrimPrefix(m, test+": ")
}

// rate returns the rate of a bucket for an event.
func (b *Bucket) rate() *report.Rate {
	return &report.Rate{Estimate: float64(b.Count) / float64(max(1, b.Runs)), Low: b.Rate.Low, High: b.Rate.High}
}

// evidence returns what a person reads first about a bucket.
func (b *Bucket) evidence() string {
	text := b.Essence
	if others := len(b.Tests) - 1; others > 0 {
		text += "\nseen also in " + strings.Join(b.Tests[1:min(len(b.Tests), 6)], ", ")
		if others > 5 {
			text += fmt.Sprintf(" and %d more", others-5)
		}
		text += "\n"
	}
	if b.Hint != "" {
		text += "\nhint: " + b.Hint + "\n"
	}
	return text
}
