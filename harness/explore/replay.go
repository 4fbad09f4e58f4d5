package explore

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
)

// Owns reports whether a case is a failure that this package found.
func Owns(c *casefile.Case) bool {
	return c.Engine == engine && c.Package != "" && c.Test != "" && c.Target == ""
}

// A Replay is what running a case again showed.
type Replay struct {
	Reproduced bool               // it failed in the way that the case says
	Execution  *explain.Execution // what happened, nil if nothing is known about it
	Other      string             // how it failed otherwise, or ""
	Diverged   []string           // the switches that could not be followed, and why
	Edited     bool               // the operations are not at the places where the case has them
	Problem    string             // why nothing was shown, or ""
}

// Again runs a case again, once, in a fresh process. The package must have been built for it, with the race detector if the case requires that.
func Again(ctx context.Context, config Config, pkg Package, c *casefile.Case) (*Replay, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(config.TempDir, "harness-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for temporary files: %w", err)
	}
	defer os.RemoveAll(dir)
	return newLauncher(config, dir).again(ctx, pkg, c)
}

// again runs a case again.
func (l *launcher) again(ctx context.Context, pkg Package, c *casefile.Case) (*Replay, error) {
	r, err := fromCase(c)
	if err != nil {
		return nil, err
	}
	path := pkg.other(c.Found.Race)
	if path == "" {
		return nil, fmt.Errorf("%w: it needs a binary %s the race detector", errNoReplay, map[bool]string{true: "with", false: "without"}[c.Found.Race])
	}
	o := l.run(ctx, job{path: path, dir: pkg.Dir, race: c.Found.Race, request: r, silence: l.config.Silence})
	if o.cancelled {
		return nil, ctx.Err()
	}
	return o.answer(c), nil
}

// answer compares an outcome with what a case says.
func (o *outcome) answer(c *casefile.Case) *Replay {
	r := &Replay{Problem: o.complaint()}
	for _, d := range o.diverged {
		r.Diverged = append(r.Diverged, d.text(c))
	}
	f := o.finding(c.Test)
	switch {
	case o.outside != nil:
		r.Problem = reaches(o.outside)
	case f != nil:
		r.Problem, r.Execution = "", f.execution
		r.Reproduced = explain.Signature(f.execution) == c.Signature
		if !r.Reproduced {
			r.Other = explain.Headline(f.execution)
		}
	case o.failed != nil:
		r.Execution = o.failed.Execution
	}
	if r.Execution != nil && c.Digest != "" {
		d := digest(r.Execution)
		r.Edited = d != "" && d != c.Digest
	}
	return r
}

// text says which switch of a case was not followed, and why.
func (d Divergence) text(c *casefile.Case) string {
	if d.Switch < 0 || d.Switch >= len(c.Schedule) {
		return d.Why
	}
	s := c.Schedule[d.Switch]
	at := ""
	if s.Site != "" {
		at = " (" + s.Site + ")"
	}
	when := "after"
	if strings.HasPrefix(s.Next, optionPrefix) {
		when = "in"
	}
	return fmt.Sprintf("switch %d of %d, %s operation %d of goroutine %s%s to %s: %s", d.Switch+1, len(c.Schedule), when, s.N, s.Goroutine, at, s.Next, d.Why)
}

// A savedCase is a case that lies in the directory of cases.
type savedCase struct {
	path string
	c    *casefile.Case
}

// savedCases returns the cases of earlier explorations by the test that they are about.
func savedCases(dir string) map[testName][]savedCase {
	all := map[testName][]savedCase{}
	if dir == "" {
		return all
	}
	for e := range casefile.Walk(dir) {
		if e.Err == nil && Owns(e.Case) {
			name := testName{e.Case.Package, e.Case.Test}
			all[name] = append(all[name], savedCase{e.Path, e.Case})
		}
	}
	return all
}
