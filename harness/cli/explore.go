package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exploring is the verb in events.
const exploring = "explore"

// exploreBudget is how long an exploration takes at most if nobody says otherwise.
const exploreBudget = time.Minute

// whileBuilding is what takes so long at first.
const whileBuilding = "building the tests, and the standard library for control (first use of these build flags: 1-3 minutes)"

// usualExplored is how many schedules a test gets if nobody says otherwise.
const usualExplored = 2000

// generatedFactor is how many times as many schedules a test gets by default that generates programs: each is short, and each program wants some.
const generatedFactor = 10

// exploreFlags are the flags of explore alone.
type exploreFlags struct {
	schedules int
	strategy  string
	shard     shard
	generated int // schedules of tests that generate programs
	race      report.Mode
	leaks     string
	stress    int
	html      string
}

// add declares the flags of explore.
func (x *exploreFlags) add(f *pflag.FlagSet, o *options) {
	x.shard = shard{0, 1}
	f.IntVar(&x.schedules, "schedules", usualExplored, "schedules of each test, unless all are seen before; ten times as many by default if programs are generated")
	f.DurationVar(&o.budget, "for", exploreBudget, "time for the whole run, divided among the tests; 0 means no bound")
	f.StringVar(&o.run, "run", "", "only tests that match this `regexp`, as go test -run")
	f.StringVar(&x.strategy, "strategy", explore.Strategies()[0], "who decides: "+strings.Join(explore.Strategies(), ", "))
	f.Var(&o.seed, "seed", "seed of every decision, such as 0x5eed17; 0 means a new one (harness help seeds)")
	f.Var(&x.shard, "shard", "`i/n`: of the schedules of each test, only every n-th, from the i-th, counted from 0")
	f.Var(&x.race, "race", "always: all schedules with the race detector; never: none; auto: a quarter, where it can be built")
	f.Lookup("race").NoOptDefVal = "always"
	f.StringVar(&x.leaks, "leaks", "on", "off: goroutines that wait forever after their test are no failure")
	f.IntVar(&o.workers, "workers", 0, "processes at once; 0 means one for each CPU")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "time in which a process must finish a schedule, or it counts as hanging")
	f.IntVar(&x.stress, "stress", 40, "runs under stress of a test that cannot be explored; 0 means none")
	f.StringSliceVar(&o.tags, "tags", nil, "build `tags`, joined by commas")
	f.BoolVar(&o.memory, "memory", false, "plain reads and writes of shared memory in the module are decisions too; slower")
	f.BoolVar(&o.short, "short", false, "run the tests with -short")
	f.StringVar(&o.cases, "cases", packageCases, "save failures as cases in this `directory`, and replay first what is there")
	f.BoolVar(&o.noCases, "no-cases", false, "save no cases, and replay none")
	f.BoolVar(&o.bugs, "bugs", false, "explore the seeded bugs of built-in targets instead, each of which must be caught")
	f.StringVar(&x.html, "html", "", "write a page about the first failure into this `file`, and about others beside it")
}

// exploreCommand returns the command explore.
func (a *app) exploreCommand() *cobra.Command {
	o, x := &options{}, &exploreFlags{}
	cmd := &cobra.Command{
		Use: "explore PACKAGE... | ROW | ROW/TARGET | ROW/TARGET#BUG | all", Short: "run tests under controlled schedules until one fails",
		ValidArgsFunction: a.complete,
		Long: `Explore builds the tests of packages with a standard library in which every operation that goroutines can see of each other is a decision of ours,
and runs each test under one schedule after another: no line of the packages changes. What fails is minimised to the few switches that matter, replayed,
explained and saved; harness repro runs it again, exactly. A test that reaches for sockets, processes or other things that no schedule decides is run
under stress with injected yields instead, and is reported as skipped, never as explored. So is every test where nothing can be controlled, such as with
another version of Go, but without yields.

Of built-in targets, and in tests that call harness.Test, the operations of clients are generated: every few dozen schedules another small program is run, and
its history is judged by the model of the target. What fails is minimised in both: the operations, and the switches.`,
		Example: "  harness explore ./...\n  harness explore ./queue --run TestDrain --schedules 100000 --for 10m\n  harness explore ./... --shard 0/4\n" +
			"  harness explore lockfree\n  harness explore lockfree --bugs",
		RunE: func(cmd *cobra.Command, args []string) error {
			origins, err := a.settle(cmd, o)
			if err != nil {
				return err
			}
			if a.options.config {
				a.printConfig(origins)
				return nil
			}
			if err := cmp.Or(x.check(args), checkRun(o.run)); err != nil {
				return err
			}
			if x.generated = x.schedules; !cmd.Flags().Changed("schedules") {
				x.generated *= generatedFactor
			}
			return a.startExplore(cmd.Context(), args, x)
		},
	}
	o.outputFlags(cmd.Flags())
	x.add(cmd.Flags(), o)
	return cmd
}

// check finds arguments that make no sense.
func (x *exploreFlags) check(args []string) error {
	if len(args) == 0 {
		return usage("harness explore ./... explores the tests of a module", "nothing to explore: name a package, a row or a target")
	}
	switch {
	case x.schedules <= 0 || x.stress < 0:
		return usage("--schedules takes a positive number", "a number of schedules below one makes no sense")
	case x.leaks != "on" && x.leaks != "off":
		return usage("--leaks=off", "--leaks is on or off, not %q", x.leaks)
	case !slices.Contains(explore.Strategies(), x.strategy):
		hint := "strategies: " + strings.Join(explore.Strategies(), ", ")
		if n := nearest(x.strategy, explore.Strategies()); n != "" {
			hint = "did you mean " + n + "? " + hint
		}
		return usage(hint, "unknown strategy %q", x.strategy)
	}
	return nil
}

// startExplore explores what the arguments select.
func (a *app) startExplore(ctx context.Context, args []string, x *exploreFlags) error {
	selectors, packages, err := a.divide(args)
	switch {
	case err != nil:
		return err
	case len(packages) > 0 && a.options.bugs:
		return usage("name a row or a target", "--bugs is about built-in targets")
	case len(packages) > 0:
		return a.runExplore(ctx, packages, x)
	case a.options.run != "":
		return usage("harness explore lockfree/treiber-stack runs one target", "--run selects tests of packages, and %s is a built-in target", selectors[0])
	}
	list, err := a.choose(selectors)
	if err != nil {
		return err
	}
	return a.exploreTargets(ctx, list, x)
}

// checkRun finds an expression for tests that cannot be read, before anything is built.
func checkRun(expression string) error {
	if _, err := gotest.Selector(expression); err != nil {
		return usage("--run takes the regexp of go test -run; go test -list . shows the tests", "%v", err)
	}
	return nil
}

// runExplore builds the tests of packages for control, and explores them.
func (a *app) runExplore(ctx context.Context, patterns []string, x *exploreFlags) error {
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(report.Event{Kind: report.Run, Engine: exploring, Package: patterns[0], Message: whileBuilding})
	set, err := explore.Build(ctx, explore.BuildConfig{Patterns: patterns, Flags: a.buildFlags(), Detector: x.detector(), Now: a.Now})
	if errors.Is(err, explore.ErrCanary) && ctx.Err() == nil {
		return a.canaryLost(out, patterns[0], err)
	} else if err != nil {
		return a.notBuilt(ctx, out, err)
	}
	defer set.Close()
	pages := &pages{path: x.html}
	config := a.exploreConfig(set, patterns, x)
	config.OnFailure = pages.add
	summary, err := explore.Run(ctx, config, func(e report.Event) {
		out.Emit(e)
		if e.Kind == report.Start {
			for _, note := range set.Notes {
				out.Emit(report.Event{Kind: report.Note, Message: note})
			}
		}
	})
	return a.explored(ctx, out, set, summary, pages, err)
}

// explored ends a run.
func (a *app) explored(ctx context.Context, out *output, set *explore.Set, summary *explore.Summary, pages *pages, err error) error {
	broken := slices.ContainsFunc(set.Packages, func(p explore.Package) bool { return p.BuildError != "" })
	switch {
	case errors.Is(err, explore.ErrNothingSelected) && ctx.Err() == nil && !broken:
		out.stop()
		return &failure{fmt.Errorf("no test is selected"), "--run takes the regexp of go test -run; go test -list . shows the tests", report.ExitInconclusive}
	case err != nil && !errors.Is(err, explore.ErrNothingSelected):
		out.stop()
		return cannot("", err)
	}
	for _, said := range pages.write() {
		out.Emit(report.Event{Kind: report.Note, Message: said})
	}
	out.notProved = summary.NotProved()
	return out.finish(asTallied)
}

// canaryLost ends a run in which nothing that was explored would mean anything.
func (a *app) canaryLost(out *output, pattern string, err error) error {
	fmt.Fprintf(a.Stderr, "harness: error: %v\n", err)
	out.Emit(report.Event{Kind: report.Verdict, Engine: exploring, Package: pattern, Subject: "test", Status: report.Inconclusive,
		Message: "NOTHING WAS EXPLORED: " + err.Error()})
	return out.finish(report.ExitInconclusive)
}

// buildFlags returns the build flags that the options ask for.
func (a *app) buildFlags() (flags []string) {
	if len(a.options.tags) > 0 {
		flags = append(flags, "-tags="+strings.Join(a.options.tags, ","))
	}
	if a.options.memory {
		// The instrumentation of the race detector without the detector: its calls come to points.
		flags = append(flags, "-gcflags="+cmp.Or(modulePath("."), ".")+"/...=-race")
	}
	return flags
}

// modulePath returns the path of the module that a directory is in, or "".
func modulePath(dir string) string {
	dir, err := filepath.Abs(dir)
	for ; err == nil; dir = filepath.Dir(dir) {
		text, missing := os.ReadFile(filepath.Join(dir, "go.mod"))
		if missing == nil {
			for line := range strings.Lines(string(text)) {
				if f := strings.Fields(line); len(f) > 1 && f[0] == "module" {
					return strings.Trim(f[1], "\"`")
				}
			}
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return ""
}

// detector says which binaries are built.
func (x *exploreFlags) detector() explore.Detector {
	return map[report.Mode]explore.Detector{report.Always: explore.WithRace, report.Never: explore.WithoutRace}[x.race]
}

// exploreConfig says what to explore and how far.
func (a *app) exploreConfig(set *explore.Set, patterns []string, x *exploreFlags) explore.Config {
	o := &a.options
	c := explore.Config{
		Packages: set.Packages, Run: o.run, Schedules: x.schedules, Generated: x.generated, For: o.budget, Workers: o.workers, Shard: x.shard.i, Shards: x.shard.n, Strategy: x.strategy,
		Seed: uint64(o.seed), NoLeaks: x.leaks == "off", Silence: o.timeout, Stress: x.stress, Env: a.testEnv(harness.Check), CaseDir: a.caseDir(),
		Build: a.buildFlags(), Commit: a.commit(), HarnessVersion: version(), GoVersion: set.GoVersion, Details: set.Details, Subject: patterns[0], Now: a.Now,
	}
	if x.stress == 0 {
		c.Stress = -1
	}
	if o.short {
		c.Args = append(c.Args, "-test.short")
	}
	switch {
	case len(set.Packages) == 1:
		c.Subject = set.Packages[0].ImportPath
	case len(patterns) > 1:
		c.Subject = fmt.Sprintf("%s and %d more", patterns[0], len(patterns)-1)
	}
	return c
}

// A shard is the value of --shard.
type shard struct{ i, n int }

// String returns "0/4".
func (s *shard) String() string { return fmt.Sprintf("%d/%d", s.i, s.n) }

// Type names the value for help texts.
func (s *shard) Type() string { return "i/n" }

// Set reads "0/4".
func (s *shard) Set(text string) error {
	first, second, found := strings.Cut(text, "/")
	i, bad := strconv.Atoi(first)
	n, worse := strconv.Atoi(second)
	if !found || bad != nil || worse != nil || i < 0 || i >= n {
		return errors.New("want i/n with i from 0 to n-1, such as 0/4")
	}
	*s = shard{i, n}
	return nil
}

// pages are the pages about failures that --html asks for.
type pages struct {
	path string
	all  []*explain.Execution
}

// add keeps an execution for a page.
func (p *pages) add(f *explore.Failure) {
	if p.path != "" {
		p.all = append(p.all, f.Execution)
	}
}

// write writes the pages, and returns what is to be said about it.
func (p *pages) write() (said []string) {
	for i, x := range p.all {
		path := p.path
		if i > 0 {
			ext := filepath.Ext(path)
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ext), i+1, ext)
		}
		if err := writePage(path, x); err != nil {
			said = append(said, "no page was written: "+err.Error())
		} else {
			said = append(said, "page about "+x.Test+": "+filepath.ToSlash(path))
		}
	}
	return said
}

// writePage writes the page about one execution.
func writePage(path string, x *explain.Execution) error {
	return writeFile(path, func(w io.Writer) error { return explain.HTML(w, x, explain.Options{Source: explore.Source}) })
}

// writeFile makes a file of what a function writes.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
