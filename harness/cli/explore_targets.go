package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// Built-in targets are explored as a test: that of package targets/explored, which runs the target that its environment names. So its source is needed: of the
// module around the current directory, if that is ours or requires ours, else of the module cache in the version of this command.

// ownModule is the path of the module that this command and the targets are part of.
const ownModule = "github.com/concurrency-god-mode/godmode"

// targetCases is where failures of built-in targets are saved unless --cases says otherwise.
const targetCases = "testdata/cases"

// exploreTargets explores built-in targets, or their seeded bugs.
func (a *app) exploreTargets(ctx context.Context, list []chosen, x *exploreFlags) error {
	list, skipped := a.explorable(list)
	if len(list) == 0 {
		return &failure{fmt.Errorf("nothing that is selected can be explored: %s", skipped[0].Message), "harness list says which engines apply", report.ExitInconclusive}
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(report.Event{Kind: report.Run, Engine: exploring, Package: rowOf(list), Message: whileBuilding})
	module, err := a.findTargets(ctx)
	if err != nil {
		out.stop()
		return err
	}
	defer module.close()
	set, err := explore.Build(ctx, module.build(a, x.detector()))
	if errors.Is(err, explore.ErrCanary) && ctx.Err() == nil {
		return a.canaryLost(out, rowOf(list), err)
	} else if err != nil {
		return a.notBuilt(ctx, out, err)
	}
	defer set.Close()
	if p := set.Packages[0]; p.BuildError != "" {
		out.stop()
		return cannot("go vet "+explore.TargetPackage+" shows what is wrong", fmt.Errorf("the test of the targets does not compile: %s", brief(p.BuildError)))
	}
	pages := &pages{path: x.html}
	config := a.targetConfig(set, list, x)
	config.OnFailure = pages.add
	summary, err := explore.Run(ctx, config, func(e report.Event) {
		out.Emit(e)
		if e.Kind == report.Start {
			a.preface(out, set, skipped)
		}
	})
	return a.explored(ctx, out, set, summary, pages, err)
}

// preface says what limits the meaning of what follows.
func (a *app) preface(out *output, set *explore.Set, skipped []report.Event) {
	for _, note := range set.Notes {
		out.Emit(report.Event{Kind: report.Note, Message: note})
	}
	for _, e := range skipped {
		out.Emit(e)
	}
}

// explorable returns what can be explored of a selection, and the verdicts about the rest. With --bugs it replaces targets by their seeded bugs.
func (a *app) explorable(list []chosen) (good []chosen, skipped []report.Event) {
	for _, c := range list {
		if why := harness.Unexplorable(c.target); why != "" {
			skipped = append(skipped, skip(c, why))
			continue
		}
		if !a.options.bugs || c.bug != "" {
			good = append(good, c)
			continue
		}
		for _, b := range c.target.Bugs {
			one := chosen{c.target, b.Name}
			if slices.Contains(b.CaughtBy, harness.Explore) {
				good = append(good, one)
			} else {
				skipped = append(skipped, skip(one, "no order of operations shows it; it is to be caught by "+strings.Join(engineNames(b.CaughtBy), ", ")))
			}
		}
	}
	return good, skipped
}

// skip is the verdict about what is not explored.
func skip(c chosen, why string) report.Event {
	return report.Event{Kind: report.Verdict, Engine: exploring, Package: c.target.Row, Target: c.target.Name, Bug: c.bug, Status: report.Skipped, Message: why}
}

// targetConfig says what to explore and how far.
func (a *app) targetConfig(set *explore.Set, list []chosen, x *exploreFlags) explore.Config {
	c := a.exploreConfig(set, []string{rowOf(list)}, x)
	c.Subject, c.Run = rowOf(list), "^"+explore.TargetTest+"$"
	for _, one := range list {
		c.Targets = append(c.Targets, explore.Target{Row: one.target.Row, Name: one.target.Name, Bug: one.bug, Wanted: a.options.bugs})
	}
	if a.options.bugs { // they are there, and must be found
		if c.Generated == generatedFactor*usualExplored {
			c.Generated *= generatedFactor
		}
		if !a.options.timed {
			c.For = 0
		}
	}
	c.Stress = -1 // its engine is harness stress
	switch {
	case a.options.noCases, a.options.bugs && !a.casesGiven:
		c.CaseDir = ""
	case !a.casesGiven:
		c.CaseDir = targetCases
	}
	return c
}

// A targetModule is where the test of the targets is built.
type targetModule struct {
	dir   string // "" for the current one
	env   []string
	close func()
}

// findTargets finds the source of the targets.
func (a *app) findTargets(ctx context.Context) (*targetModule, error) {
	if dir, err := goCommand(ctx, nil, "list", "-m", "-f", "{{.Dir}}", ownModule); err == nil && strings.TrimSpace(dir) != "" {
		return &targetModule{close: func() {}}, nil
	}
	version := ownVersion()
	if version == "" {
		return nil, cannot("run it in a checkout of "+ownModule+", or in a module that requires it",
			errors.New("the source of the built-in targets is not here, and this command was not installed from a version that could be fetched"))
	}
	return fetchTargets(version)
}

// fetchTargets makes a module that requires ours in a version, so that the go command fetches its source.
func fetchTargets(version string) (*targetModule, error) {
	dir, err := os.MkdirTemp("", "harness-targets-")
	if err != nil {
		return nil, cannot("", err)
	}
	text := fmt.Sprintf("module targets\n\ngo 1.26\n\nrequire %s %s\n", ownModule, version)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		return nil, cannot("", err)
	}
	return &targetModule{dir: dir, env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), close: func() { _ = os.RemoveAll(dir) }}, nil
}

// build says how to build the test.
func (m *targetModule) build(a *app, d explore.Detector) explore.BuildConfig {
	return explore.BuildConfig{Dir: m.dir, Env: m.env, Patterns: []string{explore.TargetPackage}, Flags: a.buildFlags(), Detector: d, Now: a.Now}
}
