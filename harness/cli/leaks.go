package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// leaksFlags are the flags of leaks alone.
type leaksFlags struct {
	count  int
	ignore []string
	prove  bool
}

// leaksCommand returns the command leaks.
func (a *app) leaksCommand() *cobra.Command {
	o, flags := &options{}, &leaksFlags{}
	cmd := &cobra.Command{
		Use: "leaks PACKAGE...", Short: "run tests several times over, and tell the goroutines that they leave behind",
		Long: `Leaks builds the tests of packages with a package testing that dumps all goroutines after each iteration, and runs each top-level test in a process of its
own, several times over: no line of the packages changes. What each iteration leaves behind is a leak, and is reported with the test or subtest, the go statement, what it
waits for, and how many there are an iteration. What only one iteration leaves is taken for a helper that is started once, and what is known to stay on purpose, such as
idle connections of http, is named; neither is a failure. With Go 1.27, or --prove in 1.26, the collector says besides which of them nobody can wake any more.`,
		Example: "  harness leaks ./...\n  harness leaks ./queue --run TestDrain --count 10\n  harness leaks ./... --ignore example.com/log.flush --junit-file leaks.xml",
		RunE: func(cmd *cobra.Command, args []string) error {
			origins, err := a.settle(cmd, o)
			if err != nil {
				return err
			}
			if a.options.config {
				a.printConfig(origins)
				return nil
			}
			return a.startLeaks(cmd.Context(), args, *flags)
		},
	}
	f := cmd.Flags()
	o.outputFlags(f)
	f.StringVar(&o.run, "run", "", "only tests that match this `regexp`, as go test -run")
	f.IntVar(&flags.count, "count", 5, "iterations of each test; of one alone every goroutine that is left is accused")
	f.StringSliceVar(&flags.ignore, "ignore", nil, "`functions` or packages whose goroutines stay on purpose, joined by commas")
	f.BoolVar(&flags.prove, "prove", false, "with Go 1.26, build with the goroutine leak profile; the first time std is compiled for it")
	f.IntVar(&o.workers, "workers", 0, "processes at once; 0 means one for each CPU")
	f.DurationVar(&o.timeout, "timeout", 2*time.Minute, "time after which the iterations of a test count as hanging")
	f.StringSliceVar(&o.tags, "tags", nil, "build `tags`, joined by commas")
	f.BoolVar(&o.short, "short", false, "run the tests with -short")
	return cmd
}

// startLeaks looks at the arguments.
func (a *app) startLeaks(ctx context.Context, patterns []string, flags leaksFlags) error {
	switch {
	case len(patterns) == 0:
		return usage("harness leaks ./... looks at the tests of a module", "nothing to run: name a package")
	case flags.count < 1:
		return usage("--count takes a positive number", "a number of iterations below one makes no sense")
	}
	if err := checkRun(a.options.run); err != nil {
		return err
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(report.Event{Kind: report.Run, Engine: leaksVerb, Package: patterns[0]}) // the tests are being built
	set, proves, err := control.BuildLeakWatch(ctx, gotest.BuildConfig{Patterns: patterns, Tags: a.options.tags}, flags.prove)
	var unsupported *control.Unsupported
	if errors.As(err, &unsupported) && ctx.Err() == nil {
		out.stop()
		return &failure{fmt.Errorf("leaks cannot be looked for here: %s", unsupported.Reason), "package leak of debugtools does the same in a test: leak.Check(t)", report.ExitInconclusive}
	}
	if err != nil {
		return a.notBuilt(ctx, out, err)
	}
	defer set.Close()
	dir, err := os.MkdirTemp("", "harness-leaks-")
	if err != nil {
		return cannot("", err)
	}
	defer os.RemoveAll(dir)
	h := &leakHunt{app: a, out: out, set: set, flags: flags, proves: proves, dir: dir, patterns: patterns}
	return h.run(ctx)
}

// leaksVerb is the name of the command in events.
const leaksVerb = "leaks"

// A leakHunt is one run of the command.
type leakHunt struct {
	*app
	out      *output
	set      *gotest.Set
	flags    leaksFlags
	dir      string // of the dumps
	proves   bool   // the collector marks goroutines that nobody can wake
	patterns []string

	order    []gotest.TestName
	verdicts map[gotest.TestName]report.Event // what the processes of the tests ended with
	why      map[gotest.TestName]string       // the first failure of a test
	packages []report.Event                   // about packages that were not run
}

// run runs the tests, those that fail once more with a single iteration, and tells what they have left.
func (h *leakHunt) run(ctx context.Context) error {
	h.verdicts, h.why = map[gotest.TestName]report.Event{}, map[gotest.TestName]string{}
	err := h.pass(ctx, h.options.run, h.flags.count, h.first)
	if errors.Is(err, gotest.ErrNothingSelected) && ctx.Err() == nil {
		return h.nothing()
	}
	if again := h.failed(); err == nil && len(again) > 0 && h.flags.count > 1 {
		err = h.pass(ctx, "^("+strings.Join(again, "|")+")$", 1, h.again)
	}
	if err != nil {
		fmt.Fprintf(h.Stderr, "harness: error: %v\n", err)
		_ = h.out.finish(report.ExitCannotRun)
		return nil
	}
	dumps, err := readDumps(h.dir)
	if err != nil {
		fmt.Fprintf(h.Stderr, "harness: error: %v\n", err)
		return h.out.finish(report.ExitCannotRun)
	}
	for _, name := range h.order {
		h.judge(name, dumps)
	}
	for _, e := range h.packages {
		h.out.Emit(e)
	}
	h.out.notProved = h.notProved(dumps)
	return h.out.finish(asTallied)
}

// nothing ends a run without tests.
func (h *leakHunt) nothing() error {
	for _, b := range h.set.Binaries {
		if b.BuildError != "" {
			for _, e := range h.packages {
				h.out.Emit(e)
			}
			return h.out.finish(asTallied)
		}
	}
	h.out.stop()
	return &failure{fmt.Errorf("no test is selected"), "--run takes the regexp of go test -run; go test -list . shows the tests", report.ExitInconclusive}
}

// pass runs tests with a number of iterations and hands on what is told of them.
func (h *leakHunt) pass(ctx context.Context, run string, count int, take func(report.Event)) error {
	o := &h.options
	debug := strings.TrimPrefix(h.getenv("GODEBUG")+",tracebacklabels=1", ",")
	c := gotest.RunConfig{Binaries: h.set.Binaries, Run: run, Workers: o.workers, Iterations: 1, Timeout: o.timeout, Calm: true,
		Args: []string{fmt.Sprintf("-test.count=%d", count)},
		Env:  []string{control.LeaksVariable + "=" + filepath.Join(h.dir, fmt.Sprintf("%d-", count)), "GODEBUG=" + debug}}
	if o.short {
		c.Args = append(c.Args, "-test.short")
	}
	s := gotest.StreamConfig{Engine: leaksVerb, Now: h.Now}
	if h.order == nil {
		s.Start = &report.Event{Kind: report.Start, Engine: leaksVerb, Package: h.patterns[0], Details: []string{report.Plural(int64(count), "iteration") + " each"}}
		if len(h.patterns) > 1 {
			s.Start.Package = fmt.Sprintf("%s and %d more", h.patterns[0], len(h.patterns)-1)
		}
	}
	_, err := gotest.Stream(ctx, c, s, take)
	return err
}

// first takes what is told of the first pass. The verdicts wait for the dumps.
func (h *leakHunt) first(e report.Event) {
	name := gotest.TestName{ImportPath: e.Package, Test: e.Target}
	switch e.Kind {
	case report.Violation:
		if h.why[name] == "" {
			h.why[name] = e.Message
		}
	case report.Verdict:
		if e.Target == "" {
			h.packages = append(h.packages, e)
			return
		}
		h.order = append(h.order, name)
		h.verdicts[name] = e
	case report.Start, report.Run, report.Note:
		h.out.Emit(e)
	case report.Progress:
		e.Failures, e.Histories = 0, e.Histories*int64(h.flags.count)
		h.out.Emit(e)
	}
}

// failed returns the names of the tests that failed.
func (h *leakHunt) failed() (names []string) {
	for _, name := range h.order {
		if h.verdicts[name].Status == report.Violated && strings.HasPrefix(name.Test, "Test") {
			names = append(names, name.Test)
		}
	}
	return names
}

// again takes what is told of the second pass: of tests that failed, whether they pass if they run once.
func (h *leakHunt) again(e report.Event) {
	name := gotest.TestName{ImportPath: e.Package, Test: e.Target}
	if e.Kind == report.Verdict && h.verdicts[name].Status == report.Violated && e.Status == report.Held {
		e.Details = append(e.Details, "cannot run twice in a process")
		h.verdicts[name] = e
	}
}
