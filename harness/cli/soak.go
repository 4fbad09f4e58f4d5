package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/growth"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/soak"
	"github.com/spf13/cobra"
)

// soakFlags are the flags of soak alone.
type soakFlags struct {
	dir    string
	resume bool
	rounds int
	round  time.Duration
}

// usualSoak is how long a soak lasts if nobody says otherwise.
const usualSoak = 10 * time.Minute

// soakCommand returns the command soak.
func (a *app) soakCommand() *cobra.Command {
	var flags soakFlags
	o := &options{}
	cmd := &cobra.Command{
		Use:   "soak ROW | ROW/TARGET | all | PACKAGE...",
		Short: "rounds of all engines for hours, with a journal that survives",
		Long: `Soak runs check, stress and chaos over targets in rounds until its time is spent. It does not stop at a failure: failures are bucketed,
counted, and saved once. After each round it measures the live heap, goroutines and descriptors, and judges at the end whether they grow. Every
round is in a journal before the next begins, so a soak that was killed goes on with --resume and loses the running round at most.
Given packages, it runs their tests in many processes for the whole time; that has no journal.`,
		Example:           "  harness soak lockfree --for 8h\n  harness soak lockfree --resume\n  harness soak ./... --for 1h",
		ValidArgsFunction: a.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.startSoak(cmd, args, o, &flags)
		},
	}
	o.outputFlags(cmd.Flags())
	o.budgetFlags(cmd.Flags(), usualSoak)
	o.packageFlags(cmd.Flags())
	f := cmd.Flags()
	for _, name := range []string{"bugs", "iterations"} {
		_ = f.MarkHidden(name)
	}
	f.StringVar(&flags.dir, "dir", "", "keep journal and reports in this `directory` (default .harness/soak/SELECTION)")
	f.BoolVar(&flags.resume, "resume", false, "go on with the journal that is there")
	f.IntVar(&flags.rounds, "rounds", 0, "most rounds; 0 means no bound")
	f.DurationVar(&flags.round, "round", 0, "time of a round; 0 means a share of the budget")
	return cmd
}

// startSoak settles the flags and soaks what the arguments select.
func (a *app) startSoak(cmd *cobra.Command, args []string, o *options, flags *soakFlags) error {
	origins, err := a.settle(cmd, o)
	if err != nil {
		return err
	}
	seeded := cmd.Flags().Changed("seed")
	if a.options.config {
		a.printConfig(origins)
		return nil
	}
	if flags.rounds < 0 || flags.round < 0 {
		return usage("", "a negative --rounds or --round makes no sense")
	}
	if len(args) == 0 {
		return usage("harness soak lockfree soaks a row; harness list shows them all", "nothing to run: name a row, a target or a package")
	}
	selectors, packages, err := a.divide(args)
	switch {
	case err != nil:
		return err
	case len(packages) > 0:
		return a.runPackages(cmd.Context(), harness.Soak, packages)
	}
	list, err := a.choose(selectors)
	if err != nil {
		return err
	}
	if flags.dir == "" {
		flags.dir = filepath.Join(".harness", "soak", strings.NewReplacer("/", "-", "#", "-").Replace(strings.Join(args, "+")))
	}
	if flags.resume && !seeded {
		a.options.seed = 0 // that of the journal
	}
	return a.runSoak(cmd.Context(), list, *flags, cmd.Flags().Changed("for"))
}

// runSoak soaks built-in targets.
func (a *app) runSoak(ctx context.Context, list []chosen, flags soakFlags, timed bool) error {
	cfg := a.soakConfig(list, flags, timed)
	if err := cfg.Validate(); err != nil {
		return soakError(err)
	}
	out, err := a.open()
	if err != nil {
		return err
	}
	start := a.startEvent(harness.Soak, list)
	start.Budget = cfg.For
	out.Emit(start)
	cfg.Emit = out.Emit
	cfg.OnFailure = func(f *harness.Failure) string {
		s := a.save(f)
		if s.err != nil {
			fmt.Fprintf(a.Stderr, "harness: error: %v\n", s.err)
		}
		return s.path
	}
	r, err := soak.Run(ctx, cfg)
	if err != nil && r == nil {
		out.stop()
		return soakError(err)
	}
	if err != nil {
		fmt.Fprintf(a.Stderr, "harness: error: %v\n", err)
	}
	out.notProved = r.NotProved
	out.Emit(report.Event{Kind: report.Note, Message: "report in " + filepath.ToSlash(filepath.Join(cfg.Dir, soak.TextName))})
	return out.finish(r.Status.Exit())
}

// soakConfig says how to soak.
func (a *app) soakConfig(list []chosen, flags soakFlags, timed bool) soak.Config {
	o := &a.options
	cfg := soak.Config{Seed: uint64(o.seed), Dir: flags.dir, Resume: flags.resume, Rounds: flags.rounds, Judge: judgeGrowth,
		Round: harness.Config{For: flags.round, Goroutines: o.goroutines, Ops: o.ops, LockCheck: o.lockCheck == "go-deadlock"}}
	if timed || !flags.resume && flags.rounds == 0 {
		cfg.For = o.budget
	}
	for _, c := range list {
		cfg.Targets = append(cfg.Targets, c.twin())
	}
	return cfg
}

// judgeGrowth is the rule by which a soak tells growth.
func judgeGrowth(values []float64, floor float64) soak.Trend {
	t := growth.Judge(values, floor)
	status := harness.Inconclusive
	switch t.Verdict {
	case growth.Grows:
		status = harness.Violated
	case growth.Steady:
		status = harness.Held
	}
	return soak.Trend{Status: status, Reason: t.Reason, Tail: t.Tail}
}

// soakError turns what a soak cannot do into an error with a hint. What is wrong with the directory is a matter of the command line.
func soakError(err error) error {
	var e *soak.Error
	switch {
	case errors.As(err, &e):
		return usage(e.Hint, "%w", err)
	case errors.Is(err, os.ErrPermission):
		return usage("--dir names a directory that can be written", "%w", err)
	}
	return cannot("", err)
}

// commit returns the revision that this binary was built from.
func (a *app) commit() string { return casefile.Here(a.Now()).Commit }
