package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/owners"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// buildCommand returns the command build.
func (a *app) buildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build [--lockcheck owners|order] [FLAGS AND PACKAGES OF GO BUILD]",
		Short: "go build, for a program whose dumps say who holds which lock",
		Long: `Build is go build with a standard library that records locks; the source stays as it is. Wherever the program prints goroutines (a
panic, SIGQUIT, /debug/pprof/goroutine?debug=2), each has lines for what it waits for, with the owner, and for what it holds.
With --lockcheck=order it also writes a report when it ends, if GODMODE_ORDER names a file (the number of the process is added) or is "-":
harness locks FILE reads it. The first build with a Go compiles std.`,
		Example:            "  harness build -o server ./cmd/server\n  harness build --lockcheck=order -race -o server ./cmd/server",
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, rest, err := cutLockCheck(args)
			switch {
			case err != nil:
				return err
			case slices.Contains(rest, "--help") || slices.Contains(rest, "-h"):
				return cmd.Help()
			}
			return a.build(cmd.Context(), mode, rest)
		},
	}
}

// build runs go build.
func (a *app) build(ctx context.Context, mode owners.Mode, rest []string) error {
	c := owners.Command{Mode: mode, Flags: rest, Stdout: a.Stdout, Stderr: a.Stderr}
	err := c.Run(ctx)
	var unsupported *control.Unsupported
	switch {
	case errors.As(err, &unsupported):
		return &failure{fmt.Errorf("locks cannot be recorded here: %s", unsupported.Reason), "nothing was built; go build builds as ever", report.ExitInconclusive}
	case err != nil && a.signal != nil:
		a.exit = interrupted(a.signal)
	case err != nil:
		return cannot("the flags are those of go build", err)
	}
	return nil
}

// cutLockCheck takes the flag --lockcheck out of the arguments of go build.
func cutLockCheck(args []string) (mode owners.Mode, rest []string, err error) {
	mode = owners.Owners
	for i := 0; i < len(args); i++ {
		name, value, given := strings.Cut(args[i], "=")
		if strings.TrimLeft(name, "-") != "lockcheck" || !strings.HasPrefix(name, "-") {
			rest = append(rest, args[i])
			continue
		}
		if i++; !given && i < len(args) {
			value = args[i]
		} else if given {
			i--
		}
		if mode = owners.Mode(value); mode != owners.Owners && mode != owners.Order {
			return "", nil, usage("--lockcheck=owners or --lockcheck=order", "unknown lock checker %q", value)
		}
	}
	return mode, rest, nil
}
