package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/owners"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// usualBudget is how long a run takes if nobody says otherwise.
const usualBudget = 15 * time.Second

// engineCommands returns the commands of the engines that run inside this process.
func (a *app) engineCommands() []*cobra.Command {
	check := a.engineCommand(harness.Check, "generate small programs, explore their schedules, shrink what fails", check)
	stress := a.engineCommand(harness.Stress, "run real goroutines in parallel and judge what they did", stress)
	chaos := a.engineCommand(harness.Chaos, "stress with faults injected and healed", chaos)
	return []*cobra.Command{check, stress, chaos}
}

const (
	check = `Check lets rapid generate small sequential and concurrent programs of a target. Where the target passes named points, every schedule
with up to two preemptions is run, and then random ones; the smallest program and schedule that fail are kept.`
	stress = `Stress runs programs on real goroutines, records what each call returned, injects yields so that calls overlap, and asks whether some
order explains the results. Given packages, it runs their tests in many processes under varied conditions.`
	chaos = `Chaos is stress with faults: a busy scheduler, a busy collector, a goroutine that stalls at a point of the code; for machines,
partitions, crashes and skewed clocks. Every fault is healed, and progress must resume.`
)

// engineCommand returns the command of one engine.
func (a *app) engineCommand(e harness.Engine, short, long string) *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use: string(e) + " ROW | ROW/TARGET | ROW/TARGET#BUG | all", Short: short, Long: long,
		Example:           fmt.Sprintf("  harness %[1]s lockfree\n  harness %[1]s lockfree/treiber-stack --for 5m\n  harness %[1]s lockfree --bugs", e),
		ValidArgsFunction: a.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.start(cmd, args, e, o)
		},
	}
	o.outputFlags(cmd.Flags())
	o.budgetFlags(cmd.Flags(), usualBudget)
	if e == harness.Chaos {
		cmd.Flags().StringSliceVar(&o.faults, "faults", nil, "inject only these `faults`, joined by commas (harness list --faults)")
	}
	if e == harness.Stress {
		cmd.Use += " | PACKAGE..."
		cmd.Example += "\n  harness stress ./... --run TestQueue"
		o.packageFlags(cmd.Flags())
		cmd.Flags().BoolVar(&o.mark, "mark", false, "announce each history on standard error")
		_ = cmd.Flags().MarkHidden("mark")
	}
	return cmd
}

// complete offers rows and targets to the shell.
func (a *app) complete(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return append(a.selectors(), "all"), cobra.ShellCompDirectiveDefault
}

// start settles the flags and runs what the arguments select.
func (a *app) start(cmd *cobra.Command, args []string, e harness.Engine, o *options) error {
	origins, err := a.settle(cmd, o)
	if err != nil {
		return err
	}
	if a.options.config {
		a.printConfig(origins)
		return nil
	}
	if len(args) == 0 {
		return usage(fmt.Sprintf("harness %s lockfree runs a row; harness list shows them all", e), "nothing to run: name a row, a target or a package")
	}
	selectors, packages, err := a.divide(args)
	switch {
	case err != nil:
		return err
	case len(packages) > 0:
		return a.startPackages(cmd.Context(), e, packages)
	}
	list, err := a.choose(selectors)
	if err != nil {
		return err
	}
	if a.options.bugs {
		return a.runBugs(cmd.Context(), e, list)
	}
	cfg, err := a.config(len(list))
	if err != nil {
		return err
	}
	if e == harness.Race {
		return a.runRace(cmd.Context(), list, cfg)
	}
	return a.runTargets(cmd.Context(), e, list, cfg)
}

// startPackages runs anybody's tests, under the engines that can.
func (a *app) startPackages(ctx context.Context, e harness.Engine, packages []string) error {
	if e != harness.Stress && e != harness.Race {
		return usage("harness stress and harness race run packages; a test that calls harness.Test takes -harness.engine="+string(e),
			"%s runs built-in targets only", e)
	}
	if a.options.bugs {
		return usage("name a row or a target", "--bugs is about built-in targets")
	}
	return a.runPackages(ctx, e, packages)
}

// config returns how to run one of n targets.
func (a *app) config(n int) (harness.Config, error) {
	o := &a.options
	cfg := harness.Config{Seed: uint64(o.seed), Iterations: o.iterations, Goroutines: o.goroutines, Ops: o.ops, LockCheck: o.lockCheck != ""}
	if o.bounded() {
		cfg.For = o.budget / time.Duration(max(n, 1))
	}
	if o.lockCheck == string(owners.Owners) || o.lockCheck == string(owners.Order) {
		return cfg, usage("--lockcheck=go-deadlock", "--lockcheck=%s is about packages", o.lockCheck)
	}
	if cfg.For == 0 && cfg.Iterations == 0 {
		return cfg, usage("give --for or --iterations", "the run would never end")
	}
	return cfg, nil
}

// runTargets runs an engine over targets, one after another.
func (a *app) runTargets(ctx context.Context, e harness.Engine, list []chosen, cfg harness.Config) error {
	if err := a.faultsExist(list); err != nil {
		return err
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(a.startEvent(e, list))
	for _, c := range list {
		if ctx.Err() != nil {
			break
		}
		a.runTarget(ctx, out, e, c, cfg)
	}
	return out.finish(asTallied)
}

// startEvent opens the stream.
func (a *app) startEvent(e harness.Engine, list []chosen) report.Event {
	start := report.Event{Kind: report.Start, Engine: string(e), Package: rowOf(list), Seed: a.options.seed, Subject: "target", Cores: runtime.GOMAXPROCS(0)}
	for _, c := range list {
		name := c.name()
		if c.target.Row != start.Package {
			name = c.selector()
		}
		start.Targets = append(start.Targets, name)
	}
	if a.options.bounded() {
		start.Budget = a.options.budget
	}
	return start
}

// rowOf returns the row of all targets, or "all" if there are several.
func rowOf(list []chosen) string {
	for _, c := range list[1:] {
		if c.target.Row != list[0].target.Row {
			return "all"
		}
	}
	return list[0].target.Row
}

// runTarget runs one target and emits what is to be said about it. A seeded bug that was selected by name is reported as a failure of its target: that
// is what a person who runs it wants to see.
func (a *app) runTarget(ctx context.Context, out *output, e harness.Engine, c chosen, cfg harness.Config) *harness.Result {
	about := report.Event{Engine: string(e), Package: c.target.Row, Target: c.target.Name, Bug: c.bug}
	out.Emit(as(about, report.Run))
	cfg.Progress = a.progress(out, about)
	if cfg.Faults = a.faultsOf(c.target); len(a.options.faults) > 0 && len(cfg.Faults) == 0 {
		about.Status, about.Message = report.Skipped, "none of the faults applies"
		out.Emit(as(about, report.Verdict))
		return nil
	}
	if a.options.mark {
		cfg.Announce = func(n int64) { fmt.Fprintf(a.Stderr, "%s%d\n", markPrefix, n) }
	}
	r, err := harness.Drive(ctx, c.twin(), e, cfg)
	if err != nil {
		about.Status, about.Message = report.Errored, err.Error()
		out.Emit(as(about, report.Verdict))
		return nil
	}
	for _, f := range r.Failures {
		f.Bug = c.bug
		out.Emit(a.violation(about, f, a.save(f)))
	}
	out.Emit(verdict(about, r))
	return r
}

// as returns an event about the same target, of another kind.
func as(about report.Event, k report.Kind) report.Event {
	about.Kind = k
	return about
}

// progress returns what tells the renderers how far a target is, a few times a second.
func (a *app) progress(out *output, about report.Event) func(runs, operations int64) {
	last := a.Now()
	return func(runs, operations int64) {
		if now := a.Now(); now.Sub(last) >= tickEvery {
			last = now
			e := as(about, report.Progress)
			e.Histories, e.Operations = runs, operations
			out.Emit(e)
		}
	}
}

// save writes a failure as a case, and returns its path or why there is none.
func (a *app) save(f *harness.Failure) saved {
	if a.options.noCases {
		return saved{}
	}
	path, err := casefile.Write(a.options.cases, f.Case(casefile.Here(a.Now())))
	return saved{filepath.ToSlash(path), err}
}

// saved is where a case is, or the error.
type saved struct {
	path string
	err  error
}

// violation turns a failure into an event.
func (a *app) violation(about report.Event, f *harness.Failure, s saved) report.Event {
	e := as(about, report.Violation)
	e.Property, e.Message, e.Evidence, e.After, e.Seed = f.Kind, f.Message, f.Story(), f.After, report.Seed(f.Seed)
	e.Histories, e.Failures = f.Runs, f.Count
	switch {
	case f.First > 0:
		e.Where = fmt.Sprintf("history %d", f.First)
	case f.Engine == harness.Check && f.Runs > 0:
		e.Where = fmt.Sprintf("schedule %d", f.Runs)
		e.Histories, e.Failures = 0, 0
	}
	if f.Operations > len(f.Program) {
		e.From, e.To, e.Unit = f.Operations, len(f.Program), "operations"
	}
	e.Reproduced, e.Replays = f.Reproduced, f.Replays
	switch {
	case s.err != nil:
		e.Details = append(e.Details, "not saved: "+s.err.Error())
		fmt.Fprintf(a.Stderr, "harness: error: %v\n", s.err)
	case s.path != "":
		e.Case, e.Replay = s.path, "harness repro "+s.path
	}
	return e
}

// verdict turns a result into an event.
func verdict(about report.Event, r *harness.Result) report.Event {
	e := as(about, report.Verdict)
	e.Histories, e.Operations, e.Schedules = r.Histories, r.Operations, r.Schedules
	e.Open, e.MaxOpen, e.Elapsed, e.Details, e.NotProved = r.Open, r.MaxOpen, r.Elapsed, r.Details, r.NotProved
	e.Failures = int64(len(r.Failures))
	e.Status, e.Message = statusOf(r), r.Reason
	return e
}

// statusOf returns the status of a result as reports know it.
func statusOf(r *harness.Result) report.Status {
	switch {
	case r.Skipped:
		return report.Skipped
	case r.Status == harness.Held:
		return report.Held
	case r.Status == harness.Violated:
		return report.Violated
	}
	return report.Inconclusive
}

// faultsExist returns an error if --faults names one that no chosen target has.
func (a *app) faultsExist(list []chosen) error {
	var known []string
	for _, c := range list {
		for _, f := range c.target.Faults {
			known = append(known, f.Name)
		}
	}
	for _, name := range a.options.faults {
		if n := nearest(name, known); n != name {
			return a.unknown("fault", name, known)
		}
	}
	return nil
}

// faultsOf returns the faults of a target that --faults names; nil means all.
func (a *app) faultsOf(t *harness.Target) []*harness.Fault {
	var list []*harness.Fault
	for _, f := range t.Faults {
		for _, name := range a.options.faults {
			if f.Name == name {
				list = append(list, f)
			}
		}
	}
	return list
}
