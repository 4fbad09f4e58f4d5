package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// reproFlags are the flags of repro alone.
type reproFlags struct {
	promote   bool
	asTest    bool
	expect    string // what to expect whatever a file says, or ""
	inProcess bool   // hidden: we are the child with the race detector
}

// reproCommand returns the command repro.
func (a *app) reproCommand() *cobra.Command {
	var flags reproFlags
	o := &options{}
	cmd := &cobra.Command{
		Use: "repro FILE.case...", Short: "run a saved failure again",
		Long: `Repro runs saved failures again: exactly where the schedule is recorded, else as often as the recorded probability asks for. It exits 0 if
every file behaves as it expects (expect fail: the failure is reproduced; expect pass: it is not), 1 if one that expects pass fails again, 5 if one does
not fail, 4 if one was not run, because what it requires is not here, 2 if a file is no case. A failure of harness explore outlives edits: where its
schedule leads elsewhere, its switches are looked for where their operations went, then in a few hundred schedules around it, and the answer says which.

With --as-test nothing is run: repro writes a test beside the tests of the package, which imports the standard library only, calls the command harness if
there is one, and fails as long as the failure comes again.`,
		Example: "  harness repro testdata/cases/treiber-stack-aba-linearizable-9f1c.case\n  harness repro --promote FILE.case   the bug is repaired: expect pass from now on\n  harness repro --as-test FILE.case   write a test for go test that replays it",
		RunE: func(cmd *cobra.Command, args []string) error {
			origins, err := a.settle(cmd, o)
			if err != nil {
				return err
			}
			if a.options.config {
				a.printConfig(origins)
				return nil
			}
			switch {
			case flags.expect != "" && flags.expect != string(casefile.ExpectPass) && flags.expect != string(casefile.ExpectFail):
				return usage("--expect=pass", "--expect is pass or fail, not %q", flags.expect)
			case flags.asTest:
				return a.runAsTest(cmd.Context(), args)
			}
			return a.runRepro(cmd.Context(), args, flags)
		},
	}
	o.outputFlags(cmd.Flags())
	f := cmd.Flags()
	f.DurationVar(&o.budget, "for", 30*time.Second, "time for each file")
	f.IntVar(&o.iterations, "iterations", 0, "runs of a file whose schedule is not recorded; 0 means as many as its probability asks for")
	f.BoolVar(&flags.promote, "promote", false, "where a failure is not reproduced, make the file expect that from now on")
	f.BoolVar(&flags.asTest, "as-test", false, "write a test that replays the files, beside the tests of their package")
	f.StringVar(&flags.expect, "expect", "", "expect `pass` or fail, whatever the files say")
	f.BoolVar(&flags.inProcess, "in-process", false, "run the program in this process whatever the case requires")
	f.BoolVar(&o.mark, "mark", false, "announce each run on standard error")
	_ = f.MarkHidden("in-process")
	_ = f.MarkHidden("mark")
	return cmd
}

// A repro is one file that is run again.
type repro struct {
	path  string
	c     *casefile.Case
	about report.Event
}

// runRepro loads all files before it runs any: a file that is no case is an error of the command line.
func (a *app) runRepro(ctx context.Context, paths []string, flags reproFlags) error {
	if len(paths) == 0 {
		return usage("harness repro testdata/cases/NAME.case", "no case file is named")
	}
	var list []repro
	start := report.Event{Kind: report.Start, Engine: "repro", Package: "", Subject: "case"}
	for _, path := range paths {
		c, err := a.load(path)
		if err != nil {
			return err
		}
		if flags.expect != "" {
			c.Expect = casefile.Expectation(flags.expect)
		}
		r := repro{path, c, report.Event{Engine: "repro", Target: caseName(c), Bug: c.Bug}}
		start.Targets = append(start.Targets, r.about.Name())
		list = append(list, r)
	}
	a.options.verbose = true
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(start)
	race := &racer{app: a}
	defer race.close()
	code := report.ExitHeld
	for _, r := range list {
		if ctx.Err() != nil {
			break
		}
		code = max(code, a.reproOne(ctx, out, race, r, flags))
	}
	return out.finish(code)
}

// load reads a case file; its errors are about the command line.
func (a *app) load(path string) (*casefile.Case, error) {
	c, err := casefile.Load(path)
	var e *casefile.Error
	switch {
	case err == nil:
		return c, nil
	case errors.As(err, &e):
		text := strings.TrimSuffix(err.Error(), " ("+e.Hint+")")
		return nil, usage(e.Hint, "%s", text)
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("cases are saved under testdata/cases, or where --cases says", "%s: no such file", path)
	}
	return nil, usage("", "%w", err)
}

// caseName names what a case is about.
func caseName(c *casefile.Case) string {
	switch {
	case c.Target != "":
		return c.Target
	case c.Test != "":
		return c.Test
	}
	return filepath.Base(c.Command[0])
}

// An answer is what running a case again showed.
type answer struct {
	reproduced bool
	skipped    string // why it was not run
	verdict    harness.Verdict
	runs       int
	failed     int
	diverged   string
	how        string // it was reproduced, "" for the usual words
}

// reproOne runs one case again and emits its verdict.
func (a *app) reproOne(ctx context.Context, out *output, race *racer, r repro, flags reproFlags) report.ExitCode {
	e := as(r.about, report.Run)
	if explore.Owns(r.c) {
		e.Message = whileBuilding
	}
	out.Emit(e)
	began := a.Now()
	got, err := a.answer(ctx, race, r, flags)
	v := as(r.about, report.Verdict)
	v.Elapsed = a.Now().Sub(began)
	if err != nil {
		v.Status, v.Message = report.Errored, err.Error()
		out.Emit(v)
		return report.ExitCannotRun
	}
	v.Histories = int64(got.runs)
	code := a.weigh(out, r, got, &v)
	if ctx.Err() != nil && !got.reproduced {
		v.Status, v.Message = report.Inconclusive, "stopped"
	}
	out.Emit(v)
	if code == report.ExitNotReproduced && flags.promote && ctx.Err() == nil {
		return a.promote(out, r)
	}
	return code
}

// weigh compares an answer with what the case expects.
func (a *app) weigh(out *output, r repro, got *answer, v *report.Event) report.ExitCode {
	wanted := r.c.Expect == casefile.ExpectFail
	switch {
	case got.skipped != "":
		v.Status, v.Message = report.Skipped, got.skipped
		return report.ExitInconclusive
	case got.reproduced && wanted:
		v.Status = report.Caught
		out.Emit(reproduced(r, got))
		return report.ExitHeld
	case got.reproduced:
		v.Status = report.Violated
		out.Emit(reproduced(r, got))
		return report.ExitViolated
	case !wanted:
		v.Status, v.Details = report.Held, []string{"does not fail, as expected"}
		return report.ExitHeld
	}
	v.Status, v.Message = report.Missed, got.diverged
	return report.ExitNotReproduced
}

// reproduced describes the failure that came again.
func reproduced(r repro, got *answer) report.Event {
	e := as(r.about, report.Violation)
	e.Property, e.Message, e.Evidence = got.verdict.Kind, got.verdict.Message, got.verdict.Evidence
	e.Where = cmp.Or(got.how, fmt.Sprintf("reproduced in run %d", got.runs))
	e.Case = filepath.ToSlash(r.path)
	return e
}

// promote makes a case expect that it passes.
func (a *app) promote(out *output, r repro) report.ExitCode {
	r.c.Expect = casefile.ExpectPass
	if err := casefile.Save(r.path, r.c); err != nil {
		fmt.Fprintf(a.Stderr, "harness: error: %v\n", err)
		return report.ExitCannotRun
	}
	out.Emit(report.Event{Kind: report.Note, Message: r.path + " expects pass from now on"})
	return report.ExitHeld
}

// answer runs a case where it can be run.
func (a *app) answer(ctx context.Context, race *racer, r repro, flags reproFlags) (*answer, error) {
	missing := harness.Missing(r.c)
	switch target := a.target(r.c.Target); {
	case explore.Owns(r.c):
		return a.inSchedule(ctx, r)
	case target != nil && slices.Contains(r.c.Requires, "race") && !flags.inProcess:
		return race.answer(ctx, r.c, a.options)
	case missing != "" && missing != "race":
		return &answer{skipped: "requires " + missing + ", which is not here; this is no pass"}, nil
	case target != nil:
		return a.inProcess(ctx, target, r.c)
	case r.c.Target != "" && r.c.Test != "":
		return a.declaredByTest(ctx, r)
	case r.c.Test != "":
		return a.inPackage(ctx, r)
	}
	return nil, fmt.Errorf("no built-in target is called %s: is it declared in somebody's test? then run that test", r.c.Target)
}

// target returns the built-in target of that ID, or nil.
func (a *app) target(id string) *harness.Target {
	for _, row := range a.Rows {
		for _, t := range row.Targets {
			if t.ID() == id {
				return t
			}
		}
	}
	return nil
}

// inProcess replays a case of a built-in target here.
func (a *app) inProcess(ctx context.Context, t *harness.Target, c *casefile.Case) (*answer, error) {
	cfg := harness.Config{For: a.options.budget, Iterations: a.options.iterations, Patience: 3 * time.Second}
	if a.options.mark {
		cfg.Announce = func(n int64) { fmt.Fprintf(a.Stderr, "%s%d\n", markPrefix, n) }
	}
	r, err := harness.ReplayCase(ctx, t, c, cfg)
	if err != nil {
		return nil, err
	}
	return &answer{reproduced: r.Reproduced, verdict: r.Verdict, runs: r.Runs, failed: r.Failed, diverged: r.Diverged}, nil
}

// answer replays a case in a child with the race detector.
func (r *racer) answer(ctx context.Context, c *casefile.Case, o options) (*answer, error) {
	seen, err := r.again(ctx, c, o.iterations, o.budget)
	if err != nil {
		return nil, err
	}
	got := &answer{reproduced: seen.matched > 0, runs: int(seen.histories), failed: seen.matched}
	got.diverged = fmt.Sprintf("the race was not seen in %d runs", seen.histories)
	for _, b := range seen.buckets {
		if b.Signature == c.Signature {
			got.verdict = harness.Violation(string(b.Kind), b.Title, readable(b.Excerpt))
		}
	}
	return got, nil
}

// declaredByTest replays a case of a target that a test declares: the test does it, given a directory that holds this case alone. The package is
// the one whose testdata the file lies in.
func (a *app) declaredByTest(ctx context.Context, r repro) (*answer, error) {
	dir, ok := packageOf(r.path)
	if !ok {
		return nil, fmt.Errorf("%s lies in no testdata directory: move it back, so that its package is known", r.path)
	}
	alone, err := os.MkdirTemp("", "harness-case-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(alone)
	if _, err := casefile.Write(alone, r.c); err != nil {
		return nil, err
	}
	pattern := "^" + strings.ReplaceAll(r.c.Test, "/", "$/^") + "$"
	args := []string{"-C", dir, "test", "-count=1", "-v", "-run", pattern}
	if len(r.c.Requires) > 0 && r.c.Requires[0] == "race" {
		args = append(args, "-race")
	}
	env := []string{"HARNESS_CASES=" + alone, "HARNESS_ITERATIONS=1", "HARNESS_ENGINE=check"}
	text, err := goCommand(ctx, env, append(args, ".")...)
	if !strings.Contains(text, r.c.Test) {
		return nil, fmt.Errorf("go test did not run %s: %w: %s", r.c.Test, err, brief(text))
	}
	got := &answer{runs: 1, diverged: "the test passes this case"}
	if strings.Contains(text, "fails again") {
		got.reproduced, got.verdict = true, harness.Violation(r.c.Kind, r.c.Message, text)
	}
	return got, nil
}

// whereFrom returns the directory from which the package of a case is looked for: that of the package whose testdata the file lies in, else that of the
// file, or if no module is there the current one.
func whereFrom(path string) string {
	if dir, ok := packageOf(path); ok {
		return dir
	}
	if dir := filepath.Dir(path); modulePath(dir) != "" {
		return dir
	}
	return ""
}

// packageOf returns the directory that holds the testdata directory of a file.
func packageOf(path string) (string, bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	for dir := filepath.Dir(abs); filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if filepath.Base(dir) == "testdata" {
			return filepath.Dir(dir), true
		}
	}
	return "", false
}
