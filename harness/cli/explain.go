package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	html string
	svg  string
	json bool
}

// explainCommand returns the command explain.
func (a *app) explainCommand() *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use: "explain FILE.case", Short: "show what happens in a saved failure",
		Long: `Explain replays a failure that harness explore has saved, records every step, and shows who did what, in which order, and what went wrong. Of other cases it
shows what was written down when they were saved. It exits 5 if the failure is not reproduced any more.`,
		Example: "  harness explain testdata/harness/TestQueue-deadlock-9f1c.case\n  harness explain FILE.case --html page.html",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("harness explain testdata/harness/NAME.case", "name one case file")
			}
			return a.runExplain(cmd.Context(), args[0], flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.html, "html", "", "write a page into this `file` instead")
	f.StringVar(&flags.svg, "svg", "", "draw who waits for whom at the end into this `file` instead")
	f.BoolVar(&flags.json, "json", false, "write the execution and its analysis as JSON instead")
	return cmd
}

// runExplain explains one case.
func (a *app) runExplain(ctx context.Context, path string, flags explainFlags) error {
	c, err := a.load(path)
	if err != nil {
		return err
	}
	if !explore.Owns(c) {
		return a.showTrace(path, c, flags)
	}
	r, err := a.exploredAgain(ctx, path, c)
	switch {
	case ctx.Err() != nil:
		a.exit = interrupted(a.signal)
		return nil
	case err != nil:
		return cannot("harness repro "+path+" says more", err)
	case !r.Reproduced:
		a.exit = report.ExitNotReproduced
		fmt.Fprintf(a.Stderr, "harness: error: not reproduced: %s\n", r.Missed())
		if r.Execution == nil {
			return a.showTrace(path, c, explainFlags{})
		}
	}
	return a.show(r.Execution, flags)
}

// show writes an execution as the flags say.
func (a *app) show(x *explain.Execution, flags explainFlags) error {
	switch {
	case flags.html != "":
		if err := writePage(flags.html, x); err != nil {
			return usage("--html names a file that can be written", "%w", err)
		}
		fmt.Fprintf(a.Stdout, "page     %s\n", filepath.ToSlash(flags.html))
		return nil
	case flags.svg != "":
		g := waitgraph.FromExecution(x)
		if err := writeFile(flags.svg, func(w io.Writer) error { return g.SVG(w, g.Stuck(waitgraph.Inferred)) }); err != nil {
			return usage("--svg names a file that can be written", "%w", err)
		}
		fmt.Fprintf(a.Stdout, "picture  %s\n", filepath.ToSlash(flags.svg))
		return nil
	case flags.json:
		return explain.JSON(a.Stdout, x)
	}
	_, err := fmt.Fprint(a.Stdout, explore.Text(x, report.Width(a.Stdout, 0)))
	return err
}

// showTrace shows what was written down when a case was saved.
func (a *app) showTrace(path string, c *casefile.Case, flags explainFlags) error {
	if flags.html != "" || flags.svg != "" || flags.json {
		return usage("without flags, harness explain shows what was written down when the case was saved",
			"%s was found by %s: only failures of harness explore can be replayed step by step", path, c.Engine)
	}
	fmt.Fprintf(a.Stdout, "%s: %s\n", caseName(c), c.Message)
	if c.Trace != "" {
		fmt.Fprintf(a.Stdout, "\n%s\n", c.Trace)
	}
	return nil
}

// errRefused is wrapped by the error of a case whose package cannot be put under control.
var errRefused = errors.New("not under control")

// exploredAgain builds the package of a case for control and replays the case.
func (a *app) exploredAgain(ctx context.Context, path string, c *casefile.Case) (*explore.Replay, error) {
	flags, err := explore.BuildFlags(c)
	if err != nil {
		return nil, err
	}
	module := &targetModule{dir: whereFrom(path), close: func() {}}
	if c.Package == explore.TargetPackage {
		if module, err = a.findTargets(ctx); err != nil {
			return nil, err
		}
		defer module.close()
	}
	b := explore.BuildConfig{Dir: module.dir, Env: module.env, Patterns: []string{c.Package}, Flags: flags, Detector: explore.WithoutRace, Now: a.Now}
	if c.Found.Race {
		b.Detector = explore.WithRace
	}
	set, err := explore.Build(ctx, b)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	p := set.Packages[0]
	switch {
	case p.Refused != "":
		return nil, fmt.Errorf("%w: %s", errRefused, p.Refused)
	case p.BuildError != "":
		return nil, errors.New(p.BuildError)
	}
	return explore.Again(ctx, explore.Config{Env: a.testEnv(harness.Check), Now: a.Now}, p, c)
}

// inSchedule replays a case that exploration found.
func (a *app) inSchedule(ctx context.Context, r repro) (*answer, error) {
	got, err := a.exploredAgain(ctx, r.path, r.c)
	if errors.Is(err, errRefused) || explore.NoDetector(err) {
		return &answer{skipped: brief(err.Error()) + "; this is no pass"}, nil
	} else if err != nil {
		return nil, err
	}
	if got.Problem != "" {
		return nil, errors.New(got.Problem)
	}
	n := &answer{reproduced: got.Reproduced, runs: 1, how: got.How()}
	if got.Reproduced {
		n.failed, n.verdict = 1, harness.Violation(got.Execution.Failure, "", explore.Text(got.Execution, 0))
	} else {
		n.diverged = got.Missed()
	}
	return n, nil
}
