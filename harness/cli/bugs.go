package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// leastForBug is how long an engine looks for a seeded bug at least: it is there, and must be found.
const leastForBug = 30 * time.Second

// runBugs runs the seeded bugs of targets: each under the engines that must catch it, the one of the command first, until one does.
func (a *app) runBugs(ctx context.Context, e harness.Engine, list []chosen) error {
	var bugs []chosen
	for _, c := range list {
		if c.bug != "" {
			bugs = append(bugs, c)
			continue
		}
		for _, b := range c.target.Bugs {
			bugs = append(bugs, chosen{c.target, b.Name})
		}
	}
	if len(bugs) == 0 {
		return &failure{fmt.Errorf("no seeded bug is selected"), "harness list shows which targets have some", report.ExitInconclusive}
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	start := a.startEvent(e, bugs)
	start.Subject, start.Budget = "bug", 0
	out.Emit(start)
	race := &racer{app: a}
	defer race.close()
	for _, b := range bugs {
		if ctx.Err() != nil {
			break
		}
		a.runBug(ctx, out, race, e, b)
	}
	return out.finish(asTallied)
}

// runBug runs one seeded bug.
func (a *app) runBug(ctx context.Context, out *output, race *racer, e harness.Engine, c chosen) {
	about := report.Event{Engine: string(e), Package: c.target.Row, Target: c.target.Name, Bug: c.bug}
	out.Emit(as(about, report.Run))
	began := a.Now()
	cfg := harness.Config{Seed: uint64(a.options.seed), Goroutines: a.options.goroutines, Ops: a.options.ops, Limit: 1, For: leastForBug,
		Iterations: a.options.iterations, Patience: 2 * time.Second}
	if a.options.budget > leastForBug && a.options.timed {
		cfg.For = a.options.budget
	}
	done := as(about, report.Verdict)
	done.Status = report.Missed
	for _, by := range enginesFor(c, e) {
		cfg.Progress = a.progress(out, about)
		spent := a.Now().Sub(began)
		v, err := a.hunt(ctx, race, by, c, cfg, about)
		if err != nil {
			done.Status, done.Message = report.Errored, fmt.Sprintf("%s: %v", by, err)
			break
		}
		done.Details = append(done.Details, string(by))
		if v.Property != "" {
			v.Where, v.After = trimmed(fmt.Sprintf("by %s, %s", by, v.Where)), spent+v.After
			out.Emit(v)
			done.Status, done.Details = report.Caught, nil
			break
		}
	}
	if ctx.Err() != nil && done.Status == report.Missed {
		done.Status, done.Message = report.Inconclusive, "stopped"
	}
	done.Elapsed = a.Now().Sub(began)
	out.Emit(done)
}

// trimmed drops what is left of an empty second half.
func trimmed(s string) string {
	if len(s) > 2 && s[len(s)-2:] == ", " {
		return s[:len(s)-2]
	}
	return s
}

// enginesFor lists the engines that must catch a bug, the wanted one first. Explore has a command of its own: it needs a binary that is built for it.
func enginesFor(c chosen, wanted harness.Engine) []harness.Engine {
	var list []harness.Engine
	for _, b := range c.target.Bugs {
		if b.Name == c.bug {
			list = slices.DeleteFunc(slices.Clone(b.CaughtBy), func(e harness.Engine) bool { return e == harness.Explore })
		}
	}
	if i := slices.Index(list, wanted); i > 0 {
		list = slices.Insert(slices.Delete(list, i, i+1), 0, wanted)
	}
	return list
}

// hunt runs a seeded bug under one engine, and returns the violation, or an event without property.
func (a *app) hunt(ctx context.Context, race *racer, by harness.Engine, c chosen, cfg harness.Config, about report.Event) (report.Event, error) {
	if by == harness.Race {
		return race.hunt(ctx, c, cfg, about)
	}
	r, err := harness.Drive(ctx, c.twin(), by, cfg)
	if err != nil || len(r.Failures) == 0 {
		return report.Event{}, err
	}
	f := r.Failures[0]
	f.Bug = c.bug
	var s saved
	if a.casesGiven {
		s = a.save(f)
	}
	return a.violation(about, f, s), nil
}
