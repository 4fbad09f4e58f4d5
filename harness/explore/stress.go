package explore

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A stressed is what a test showed that could not be explored and ran under stress instead.
type stressed struct {
	status   report.Status
	message  string
	runs     int
	failures int64
}

// Bounds of the time that a test gets that cannot be explored.
const (
	stressFor     = 20 * time.Second
	stressTimeout = 20 * time.Second
)

// stress runs a test as it is, in many processes whose conditions vary. This is no exploration, and is never reported as one.
func (t *trial) stress(ctx context.Context) *stressed {
	select {
	case t.launcher.slots <- struct{}{}:
		defer func() { <-t.launcher.slots }()
	case <-ctx.Done():
		return nil
	}
	path, race := t.pkg.binary()
	c := gotest.RunConfig{
		Binaries: []gotest.Binary{{ImportPath: t.pkg.ImportPath, Dir: t.pkg.Dir, Path: path, Race: race, BuildFlags: t.config.Build}},
		Run:      "^" + regexp.QuoteMeta(t.test) + "$", Workers: 1, Iterations: t.config.Stress, For: stressFor, Timeout: stressTimeout, Seed: t.config.Seed,
		Env: t.config.Env, Args: t.config.Args, TempDir: t.launcher.dir,
	}
	s := gotest.StreamConfig{Engine: "stress", CaseDir: t.config.CaseDir, Commit: t.config.Commit, HarnessVersion: t.config.HarnessVersion, Now: t.config.Now}
	r, err := gotest.Stream(ctx, c, s, func(e report.Event) {
		if e.Kind == report.Violation {
			t.event(e)
		}
	})
	if err != nil || r == nil || len(r.Tests) == 0 {
		return &stressed{status: report.Inconclusive, message: fmt.Sprintf("it could not run under stress either: %v", err)}
	}
	return weigh(r.Tests[0])
}

// weigh turns the verdict of stress into ours.
func weigh(r gotest.TestReport) *stressed {
	s := &stressed{status: report.Skipped, runs: r.Runs, failures: int64(r.Failures)}
	s.message = fmt.Sprintf("ran %s under stress instead; not explored", times(r.Runs))
	switch {
	case r.Failures > 0:
		s.status = report.Violated
		s.message = fmt.Sprintf("failed %d of %s under stress; not explored", r.Failures, times(r.Runs))
	case r.Runs == 0:
		s.status, s.message = report.Inconclusive, "under stress: "+r.Reason
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return report.Count(int64(n)) + " times"
}
