package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/lockswap"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// packageCases is where failures of packages are saved unless --cases says otherwise.
const packageCases = "testdata/harness"

// runPackages builds the tests of packages once, and runs them in many processes.
func (a *app) runPackages(ctx context.Context, e harness.Engine, patterns []string) error {
	if err := checkRun(a.options.run); err != nil {
		return err
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(report.Event{Kind: report.Run, Engine: string(e), Package: patterns[0]}) // the tests are being built
	locks := &locksmith{mode: a.options.lockCheck}
	set, err := locks.build(ctx, gotest.BuildConfig{Patterns: patterns, Race: e == harness.Race, Tags: a.options.tags})
	if err != nil {
		return a.notBuilt(ctx, out, err)
	}
	defer set.Close()
	_, err = gotest.Stream(ctx, locks.config(a.runConfig(e, set)), a.streamConfig(e, patterns), out.Emit)
	locks.tell(out.Emit)
	if errors.Is(err, gotest.ErrNothingSelected) && ctx.Err() == nil {
		if slices.ContainsFunc(set.Binaries, func(b gotest.Binary) bool { return b.BuildError != "" }) {
			return out.finish(asTallied)
		}
		out.stop()
		return &failure{fmt.Errorf("no test is selected"), "--run takes the regexp of go test -run; go test -list . shows the tests", report.ExitInconclusive}
	}
	if err != nil {
		fmt.Fprintf(a.Stderr, "harness: error: %v\n", err)
		_ = out.finish(report.ExitCannotRun)
		return nil
	}
	return out.finish(asTallied)
}

// notBuilt ends a run whose tests could not be built.
func (a *app) notBuilt(ctx context.Context, out *output, err error) error {
	if ctx.Err() != nil {
		return out.finish(asTallied)
	}
	out.stop()
	var unsupported *control.Unsupported
	if errors.As(err, &unsupported) {
		return &failure{fmt.Errorf("locks cannot be recorded here: %s", unsupported.Reason), "without --lockcheck the tests run as ever", report.ExitInconclusive}
	}
	if errors.Is(err, lockswap.ErrOverlay) {
		return cannot("take -overlay out of GOFLAGS, or use --lockcheck=order, which adds to it", err)
	}
	if errors.Is(err, gotest.ErrNoModule) {
		return cannot("go mod init example.org/name makes a module of the current directory; in another module, change into it first", err)
	}
	return cannot("go vet ./... and go list ./... show what is wrong with the packages", err)
}

// runConfig says how the processes run.
func (a *app) runConfig(e harness.Engine, set *gotest.Set) gotest.RunConfig {
	o := &a.options
	c := gotest.RunConfig{Binaries: set.Binaries, Run: o.run, Workers: o.workers, Iterations: o.iterations, Timeout: o.timeout, Seed: uint64(o.seed),
		Calm: o.calm, Env: a.testEnv(e)}
	if o.bounded() {
		c.For = o.budget
	}
	if o.whole {
		c.Isolate = gotest.PerPackage
	}
	if o.short {
		c.Args = append(c.Args, "-test.short")
	}
	return c
}

// testEnv returns what tests that call harness.Test are told: the engine. The seed comes with each process, and the budget of the command is not
// that of each of them: what the environment says of these to the command is taken back.
func (a *app) testEnv(e harness.Engine) []string {
	env := []string{"HARNESS_ENGINE=" + string(e)}
	for _, name := range []string{"HARNESS_SEED", "HARNESS_FOR", "HARNESS_ITERATIONS", "HARNESS_CASES"} {
		if a.getenv(name) != "" {
			env = append(env, name+"=")
		}
	}
	return env
}

// streamConfig says what is told and saved.
func (a *app) streamConfig(e harness.Engine, patterns []string) gotest.StreamConfig {
	start := &report.Event{Kind: report.Start, Engine: string(e), Package: patterns[0], Budget: a.options.budget}
	if len(patterns) > 1 {
		start.Package = fmt.Sprintf("%s and %d more", patterns[0], len(patterns)-1)
	}
	return gotest.StreamConfig{Engine: string(e), Start: start, CaseDir: a.caseDir(), Commit: a.commit(), HarnessVersion: version(), Now: a.Now, Explain: explainHang}
}

// caseDir is where failures of packages are saved, or "".
func (a *app) caseDir() string {
	switch {
	case a.options.noCases:
		return ""
	case a.casesGiven:
		return a.options.cases
	}
	return packageCases
}

// inPackage replays a failure of somebody's test. Its package is looked for where whereFrom says.
func (a *app) inPackage(ctx context.Context, r repro) (*answer, error) {
	got := &answer{diverged: "the failure was not seen"}
	locks := recordedLockCheck(r.c)
	config := gotest.ReproConfig{Dir: whereFrom(r.path), Runs: a.options.iterations, Build: locks.build, Check: locks.check}
	failed, runs, err := gotest.Repro(ctx, r.c, config, func(e report.Event) {
		switch e.Kind {
		case report.Violation:
			got.verdict = harness.Violation(e.Property, e.Message, e.Evidence)
		case report.Verdict:
			if e.Message != "" {
				got.diverged = e.Message
			}
		}
	})
	got.reproduced, got.failed, got.runs = failed > 0, failed, runs
	if err != nil && (runs == 0 || !errors.Is(err, gotest.ErrUnable)) {
		return nil, err
	}
	return got, nil
}
