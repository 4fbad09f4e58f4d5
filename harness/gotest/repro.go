package gotest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// A ReproConfig says how to run a case again. The zero value does what the case says, in the current directory.
type ReproConfig struct {
	// Dir is a directory of the module that the case's package belongs to or can be found from; "" is the current one.
	Dir string
	// Runs is the most processes to run; 0 means as many as the recorded rate needs.
	Runs int
	// Workers, Timeout and TempDir are those of RunConfig; the zero values mean those of the case.
	Workers int
	Timeout time.Duration
	TempDir string
	// Build builds the package; nil means the function Build.
	Build func(context.Context, BuildConfig) (*Set, error)
	// Check is that of RunConfig.
	Check func(output []byte) []signature.Failure
}

// Owns reports whether a case is about a test of somebody's package, which [Repro] can run again, and not about a declared target.
func Owns(c *casefile.Case) bool { return c.Package != "" && c.Test != "" && c.Target == "" }

// ErrUnable is wrapped by the errors of Repro about a case that cannot be run here. This is no answer to whether it reproduces.
var ErrUnable = errors.New("the case cannot be run again")

// Repro runs the test of a case again until it fails in the way that the case says, and returns how many of how many processes did: 1 of
// as many as it took, or 0. It builds the package anew, with the race detector if the case requires it.
//
// Every second process runs under the recorded plan, the others under the plans that the seed of the original run draws: a plan disturbs,
// it does not decide, and it may have been chance that just this one failed. There are at most twice as many as needed to see a failure
// of half the recorded rate with a probability of 99.9 %, between 20 and 20 000.
//
// A failure matches by its Signature, or by its Family, which is the same after edits that moved lines. The failures that do not match are
// told as notes. emit is told the rest as by [Stream]: the verdict is violated if the failure was seen, held if the test ran clean, and
// inconclusive if it failed otherwise or did not run; with no process to count, the error wraps ErrUnable.
func Repro(ctx context.Context, c *casefile.Case, config ReproConfig, emit func(report.Event)) (failed, runs int, err error) {
	run, err := replayConfig(c, config)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %w", ErrUnable, err)
	}
	set, err := buildCase(ctx, c, config)
	if err != nil {
		return 0, 0, err
	}
	defer set.Close()
	run.Binaries = set.Binaries
	r := &replay{c: c, emit: emit, most: run.Iterations, others: map[string]bool{}}
	r.event(report.Event{Kind: report.Run, Message: fmt.Sprintf("at most %s", report.Plural(int64(r.most), "run"))})
	ctx, r.stop = context.WithCancel(ctx)
	defer r.stop()
	run.OnEvent = r.take
	result, err := Run(ctx, run)
	if err != nil && !r.found {
		return 0, r.runs, fmt.Errorf("%w: %w", ErrUnable, err)
	}
	return r.finish(ctx, result)
}

// Limits of how often a case is run again, each under its own plan and under others.
const (
	fewestReplays = 10
	mostReplays   = 10_000
	// replayConfidence is how surely a failure of half the recorded rate is seen.
	replayConfidence = 0.999
	// guessedRate stands for a rate that was not measured.
	guessedRate = 0.05
)

// replays returns how many processes a replay gets. Half of the measured rate is assumed: it was measured under many plans, and often on
// few failures.
func replays(f casefile.Fidelity) int {
	p := f.P() / 2
	if f.Failed == 0 {
		p = guessedRate / 2
	}
	return 2 * min(mostReplays, max(fewestReplays, stats.RunsNeeded(p, replayConfidence)))
}

// replayConfig returns the configuration of the run that a case describes.
func replayConfig(c *casefile.Case, config ReproConfig) (RunConfig, error) {
	r := RunConfig{Run: "^" + regexp.QuoteMeta(topLevel(c.Test)) + "$", Iterations: config.Runs, Workers: config.Workers,
		Timeout: config.Timeout, TempDir: config.TempDir, Check: config.Check}
	if !Owns(c) {
		return r, errors.New("it names no test of a package")
	}
	for _, need := range c.Requires {
		if !slices.Contains([]string{"race", runtime.GOOS, runtime.GOARCH}, need) {
			return r, fmt.Errorf("it requires %s", need)
		}
	}
	plan, err := ParsePlan(c.Config)
	if err != nil {
		return r, err
	}
	r.Plan = &plan
	if r.Iterations <= 0 {
		r.Iterations = replays(c.Fidelity)
	}
	for _, e := range c.Env {
		r.Env = append(r.Env, e.Key+"="+e.Value)
	}
	return r, r.readSettings(c.Config)
}

// readSettings reads what a case says about its run beside the plan, where the caller has not decided.
func (c *RunConfig) readSettings(settings casefile.Pairs) error {
	for _, s := range settings {
		var err error
		switch s.Key {
		case "origin":
			c.Seed, err = strconv.ParseUint(s.Value, 0, 64)
		case "workers":
			err = unlessSet(&c.Workers, s.Value, strconv.Atoi)
		case "timeout":
			err = unlessSet(&c.Timeout, s.Value, time.ParseDuration)
		case "calm":
			c.Calm = s.Value == "on"
		case "isolate":
			c.Isolate = PerPackage
		case "run":
			c.Run = s.Value
		case "args":
			err = json.Unmarshal([]byte(s.Value), &c.Args)
		}
		if err != nil {
			return fmt.Errorf("the setting %s=%s makes no sense", s.Key, s.Value)
		}
	}
	c.Workers = min(c.Workers, 4*runtime.NumCPU()) // of this machine
	return nil
}

// unlessSet reads a value into a variable that is zero.
func unlessSet[T comparable](into *T, text string, parse func(string) (T, error)) (err error) {
	var zero T
	if *into == zero {
		*into, err = parse(text)
	}
	return err
}

// buildCase builds the package of a case.
func buildCase(ctx context.Context, c *casefile.Case, config ReproConfig) (*Set, error) {
	b := BuildConfig{Dir: config.Dir, Patterns: []string{c.Package}, Race: slices.Contains(c.Requires, "race"), Env: os.Environ(), TempDir: config.TempDir}
	for _, e := range c.Env {
		b.Env = append(b.Env, e.Key+"="+e.Value)
	}
	if text, ok := c.Config.Get("build"); ok {
		if err := json.Unmarshal([]byte(text), &b.ExtraFlags); err != nil {
			return nil, fmt.Errorf("%w: the setting build=%s makes no sense", ErrUnable, text)
		}
	}
	b.LockCheck, _ = c.Config.Get("lockcheck")
	build := config.Build
	if build == nil {
		build = Build
	}
	set, err := build(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnable, err)
	}
	for _, x := range set.Binaries {
		if x.BuildError != "" {
			return nil, errors.Join(fmt.Errorf("%w: %s%s", ErrUnable, buildFailed, x.BuildError), set.Close())
		}
	}
	return set, nil
}

// A replay watches for the failure of a case.
type replay struct {
	c      *casefile.Case
	emit   func(report.Event)
	stop   context.CancelFunc
	most   int
	runs   int // that showed something about the program
	found  bool
	told   time.Duration
	others map[string]bool // signatures of failures that do not match
}

// event emits an event about the case's test.
func (r *replay) event(e report.Event) {
	e.Engine, e.Package, e.Target = r.c.Engine, r.c.Package, r.c.Test
	r.emit(e)
}

// take takes an event of the run, until the failure was seen.
func (r *replay) take(e Event) {
	if e.Kind != Ran || r.found || e.Process.Error != "" {
		return
	}
	infra := slices.ContainsFunc(e.Failures, func(f signature.Failure) bool { return f.Kind == signature.Infra })
	if !infra {
		r.runs++
	}
	for i := range e.Failures {
		switch f := &e.Failures[i]; {
		case f.Kind == signature.Infra:
		case r.matches(f):
			r.reproduced(e, f)
			return
		case !r.others[f.Signature] && len(r.others) < maxBuckets:
			r.others[f.Signature] = true
			r.event(report.Event{Kind: report.Note, Message: "failed in another way: " + f.Title})
		}
	}
	if e.Elapsed-r.told >= time.Second {
		r.told = e.Elapsed
		r.event(report.Event{Kind: report.Progress, Histories: int64(r.runs), Elapsed: e.Elapsed})
	}
}

// matches reports whether a failure is that of the case.
func (r *replay) matches(f *signature.Failure) bool {
	family, ok := r.c.Config.Get("family")
	return f.Signature == r.c.Signature || ok && f.Family == family
}

// reproduced tells of the failure and ends the run.
func (r *replay) reproduced(e Event, f *signature.Failure) {
	r.found = true
	b := &Bucket{Failure: *f}
	v := report.Event{Kind: report.Violation, Seed: report.Seed(e.Process.Plan.Seed), Status: report.Violated, Property: string(f.Kind),
		Message: message(b, r.c.Test), Where: fmt.Sprintf("run %d of at most %d", r.runs, r.most), After: e.Elapsed, Evidence: f.Essence,
		Reproduced: 1, Replays: r.runs, Replay: e.Process.Command}
	if f.Signature != r.c.Signature {
		v.Evidence += "\nthe case was recorded at other lines: " + r.c.Signature + "\n"
	}
	r.event(v)
	r.stop()
}

// finish tells the verdict.
func (r *replay) finish(ctx context.Context, result *Report) (failed, runs int, err error) {
	reason := "no process ran the test"
	if !r.found { // processes that skipped or lost the test show nothing
		r.runs = 0
		for _, t := range result.Tests {
			r.runs += t.Runs
			reason = cmp.Or(t.Reason, reason)
		}
	}
	e := report.Event{Kind: report.Verdict, Histories: int64(r.runs), Elapsed: result.Elapsed}
	switch {
	case r.found:
		failed, e.Status, e.Failures = 1, report.Violated, 1
	case ctx.Err() != nil:
		e.Status, e.Message, err = report.Inconclusive, "interrupted", ctx.Err()
	case r.runs == 0:
		e.Status, e.Message, err = report.Inconclusive, reason, fmt.Errorf("%w: %s", ErrUnable, reason)
	case len(r.others) > 0:
		e.Status, e.Message = report.Inconclusive, "not reproduced, but it failed in another way"
	default:
		e.Status, e.Details, e.NotProved = report.Held, []string{"not reproduced"}, []string{bound(r.runs)}
	}
	r.event(e)
	return failed, r.runs, err
}
