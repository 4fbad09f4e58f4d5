package explore

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// Owns reports whether a case is a failure that this package found.
func Owns(c *casefile.Case) bool {
	return c.Engine == engine && c.Package != "" && c.Test != ""
}

// A Replay is what running a case again showed.
type Replay struct {
	Reproduced bool               // it failed in the way that the case says
	Manner     Manner             // how, if it did
	Moved      string             // which switches are elsewhere than the case has them, or ""
	Searched   int                // schedules around that of the case that were run because it did not fail itself
	Execution  *explain.Execution // what happened, nil if nothing is known about it
	Other      string             // how it failed otherwise, or ""
	Diverged   []string           // the switches that could not be followed, and why
	Edited     bool               // the operations are not at the places where the case has them
	Problem    string             // why nothing was shown, or ""
}

// A Manner is how a replay came to its failure.
type Manner int

// The manners.
const (
	Exactly    Manner = iota // by the schedule of the case
	Reanchored               // by that schedule, whose switches were looked for where the edited program has their operations
	Sought                   // by one that was found in a short search around it
)

// How says in what manner a failure was reproduced.
func (r *Replay) How() string {
	switch r.Manner {
	case Reanchored:
		return "reproduced after re-anchoring, since the program was edited: " + r.Moved
	case Sought:
		return fmt.Sprintf("the program was edited, and the schedule of the case does not fail any more; found again in a search around it, after %s",
			report.Plural(int64(r.Searched), "schedule"))
	}
	return "reproduced exactly"
}

// Missed says why a replay did not fail as its case says, as far as that is known.
func (r *Replay) Missed() string {
	what := "the schedule was followed, and the test passes"
	switch {
	case r.Problem != "":
		what = r.Problem
	case r.Other != "":
		what = "failed in another way: " + r.Other
	case len(r.Diverged) > 0:
		what = "the test passes"
	}
	if len(r.Diverged) > 0 {
		what += "; diverged at " + strings.Join(r.Diverged, "; ")
	}
	if r.Edited {
		what += "; the operations are at other places than when the case was saved: the program was edited"
	}
	if r.Searched > 0 {
		what += fmt.Sprintf("; %s around it did not fail so either", report.Plural(int64(r.Searched), "schedule"))
	}
	return what
}

// Again runs a case again, in a fresh process. The package must have been built for it, with the race detector if the case requires that. If the
// program was edited since, so that the schedule leads elsewhere, its switches are looked for by their anchors, and then a failure of the same
// signature in a few schedules around it. The Replay says which of these it was.
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
	s := &seeker{launcher: l, c: c, job: job{path: path, dir: pkg.Dir, env: envOf(c), race: c.Found.Race, request: r, silence: l.config.Silence}, anchors: readAnchors(c)}
	got := s.try(ctx, r.switches)
	if got != nil && r.replay && got.astray() {
		got = s.seek(ctx, got)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return got, nil
}

// astray reports whether a replay passed because it went elsewhere than the case says.
func (r *Replay) astray() bool {
	return !r.Reproduced && r.Problem == "" && (len(r.Diverged) > 0 || r.Edited)
}

// answer compares an outcome with what a case says.
func (o *outcome) answer(c *casefile.Case) *Replay {
	r := &Replay{Problem: o.complaint()}
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
		o.withProgram(&finding{execution: r.Execution})
	}
	if r.Execution != nil && c.Digest != "" {
		d := digest(r.Execution)
		r.Edited = d != "" && d != c.Digest
	}
	for _, d := range o.diverged {
		r.Diverged = append(r.Diverged, d.text(c, r.Execution))
	}
	return r
}

// text says which switch of a case was not followed, what was expected there and what was met, and why.
func (d Divergence) text(c *casefile.Case, x *explain.Execution) string {
	if d.Switch < 0 || d.Switch >= len(c.Schedule) {
		return d.Why
	}
	s, names, met := c.Schedule[d.Switch], goroutines(x), ""
	if key, err := strconv.ParseUint(s.Goroutine, 16, 64); err == nil && x != nil {
		met = ", met " + cmp.Or(placesOf(x)[key].at(s.N), "no such operation")
	}
	what := fmt.Sprintf("after operation %d of %s to %s", s.N, named(names, s.Goroutine), named(names, s.Next))
	if strings.HasPrefix(s.Next, optionPrefix) {
		what = fmt.Sprintf("in operation %d of %s, %s", s.N, named(names, s.Goroutine), s.Next)
	}
	return fmt.Sprintf("switch %d of %d, %s, expected at %s%s: %s", d.Switch+1, len(c.Schedule), what, cmp.Or(s.Site, "a place that is not known"), met, d.Why)
}

// goroutines returns the names of the goroutines of an execution, by key: "G3 counter.get". There are none if nothing was recorded.
func goroutines(x *explain.Execution) map[string]string {
	if x == nil {
		return nil
	}
	names, known := map[string]string{key(sched.ClockKey): "the clock"}, explain.Analyse(x).Names
	for i, t := range x.Threads {
		names[t.Key] = fmt.Sprintf("G%d %s", t.ID, known[i])
	}
	return names
}

// named names a goroutine, by its key if nothing else is known of it.
func named(names map[string]string, key string) string {
	switch name, there := names[key]; {
	case there:
		return name
	case names == nil:
		return "goroutine " + key
	}
	return "goroutine " + key + ", which is not there"
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
			name := testName{e.Case.Package, e.Case.Test, twinOf(e.Case)}
			all[name] = append(all[name], savedCase{e.Path, e.Case})
		}
	}
	return all
}
