// Package cli is the command harness: it reads the command line, chooses targets or packages, drives the engines, and turns what they say into one
// stream of events that is printed as text, JSON or JUnit.
//
// The package decides nothing about correctness. Engines live in package harness (built-in targets), gotest and explore (anybody's tests), and soak; how
// events look is the business of package report. Everything that touches the world outside comes in through [World], so that the tests run the
// whole command inside their process.
//
// A file a command: engine.go has check, stress and chaos, race.go race, packages.go the tests of anybody's packages, explore.go
// those under control, explain.go, soak.go, repro.go, list.go, build.go, locks.go, dump.go.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/targets"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A World is what the command knows of the outside.
type World struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Lookup reads the environment.
	Lookup func(string) (string, bool)
	Now    func() time.Time
	// Signals are the interrupts: the first ends the run with a summary, the second ends the process at once.
	Signals <-chan os.Signal
	// Rows is the catalogue of built-in targets.
	Rows []targets.Row
}

// getenv returns the value of a variable, or "".
func (w World) getenv(name string) string {
	v, _ := w.Lookup(name)
	return v
}

// An app is one invocation of the command.
type app struct {
	World
	options options
	exit    report.ExitCode
	signal  os.Signal // that ended the run, or nil

	casesGiven bool // --cases, or its variable
}

// Main runs the command with its arguments and returns the exit code.
func Main(args []string, w World) int {
	a := &app{World: w}
	root := a.root()
	root.SetArgs(twoDashes(root, args))
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	ctx, stop := a.interruptible()
	defer stop()
	if err := root.ExecuteContext(ctx); err != nil {
		return int(a.fail(err))
	}
	return int(a.exit)
}

// A failure is an error with what to do about it, and the exit code.
type failure struct {
	err  error
	hint string
	code report.ExitCode
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usage returns an error about the command line.
func usage(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), hint, report.ExitUsage}
}

// cannot returns an error of a harness or target that cannot run.
func cannot(hint string, err error) error { return &failure{err, hint, report.ExitCannotRun} }

// fail prints an error in one or two lines, and returns the exit code. Errors that the command did not make itself are about the command line.
func (a *app) fail(err error) report.ExitCode {
	f := &failure{err: err, hint: "harness help shows the commands", code: report.ExitUsage}
	errors.As(err, &f)
	fmt.Fprintf(a.Stderr, "harness: error: %s\n", strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))
	if f.hint != "" {
		fmt.Fprintf(a.Stderr, "harness: hint: %s\n", f.hint)
	}
	return f.code
}

// noArgs refuses what follows the bare command: it is no command.
func (a *app) noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "harness help shows the commands"
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	if n := nearest(args[0], known); n != "" {
		hint = "did you mean " + n + "? " + hint
	}
	return usage(hint, "unknown command %q", args[0])
}

// twoDashes lets flags begin with one dash too, as those of go test do: -run, -tags. A flag of one letter stays one.
func twoDashes(root *cobra.Command, args []string) []string {
	long := map[string]bool{}
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { long[f.Name] = true })
	}
	out := slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, ok := strings.CutPrefix(arg, "-")
		if name, _, _ := strings.Cut(name, "="); ok && len(name) > 1 && long[name] {
			out[i] = "-" + arg
		}
	}
	return out
}

// flagHint says what to do about a wrong flag.
func flagHint(cmd *cobra.Command, err error) string {
	hint := cmd.CommandPath() + " --help shows the flags"
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return hint
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	if n := nearest(name, known); n != "" {
		return "did you mean --" + n + "? " + hint
	}
	return hint
}

// root builds the tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "harness", Short: "harness runs concurrent Go until it fails, and says why",
		SilenceErrors: true, SilenceUsage: true, Args: a.noArgs,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
		SuggestionsMinimumDistance: 2,
	}
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(a.helpCommand())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(flagHint(cmd, err), "%w", err)
	})
	root.AddCommand(a.engineCommands()...)
	root.AddCommand(a.raceCommand(), a.exploreCommand(), a.explainCommand(), a.soakCommand(), a.reproCommand(), a.listCommand(), a.versionCommand())
	root.AddCommand(a.benchCommand(), a.buildCommand(), a.dumpCommand(), a.heapCommand(), a.leaksCommand(), a.locksCommand(), a.perfCommand())
	return root
}

// interruptible returns a context that the first signal ends; the second ends the process.
func (a *app) interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case s := <-a.Signals:
				if n > 0 {
					os.Exit(int(interrupted(s)))
				}
				a.signal = s
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, func() { close(done); cancel() }
}

// interrupted returns the exit code for a signal.
func interrupted(s os.Signal) report.ExitCode {
	if s == os.Interrupt {
		return report.ExitInterrupted
	}
	return report.ExitTerminated
}
