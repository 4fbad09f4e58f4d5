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

// yieldsOf is of how many operations one gives way under stress.
const yieldsOf = "8"

// stress runs a test as it is, in many processes whose conditions vary and, if it is built for control, with yields at its operations. This is no exploration, and is never reported as one.
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
		Env: append(t.env(), t.config.Env...), Args: t.config.Args, TempDir: t.launcher.dir,
	}
	s := gotest.StreamConfig{Engine: "stress", CaseDir: t.config.CaseDir, Commit: t.config.Commit, HarnessVersion: t.config.HarnessVersion, Now: t.config.Now}
	how := "under stress"
	if t.pkg.Refused == "" { // it is built for control, so its operations are known
		how = "under stress with injected yields"
		c.Env = append(c.Env[:len(c.Env):len(c.Env)], yieldsVariable+"="+yieldsOf)
	}
	r, err := gotest.Stream(ctx, c, s, func(e report.Event) {
		if e.Kind == report.Violation {
			t.event(e)
		}
	})
	if err != nil || r == nil || len(r.Tests) == 0 {
		return &stressed{status: report.Inconclusive, message: fmt.Sprintf("it could not run under stress either: %v", err)}
	}
	return weigh(r.Tests[0], how)
}

// weigh turns the verdict of stress into ours.
func weigh(r gotest.TestReport, how string) *stressed {
	s := &stressed{status: report.Skipped, runs: r.Runs, failures: int64(r.Failures)}
	s.message = fmt.Sprintf("ran %s %s instead; not explored", times(r.Runs), how)
	switch {
	case r.Failures > 0:
		s.status = report.Violated
		s.message = fmt.Sprintf("failed %d of %s %s; not explored", r.Failures, times(r.Runs), how)
	case r.Runs == 0:
		s.status, s.message = report.Inconclusive, how+": "+r.Reason
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return report.Count(int64(n)) + " times"
}
