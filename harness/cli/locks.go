package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/owners"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// locksCommand returns the command locks.
func (a *app) locksCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "locks FILE...",
		Short: "read reports on the order of locks, and say which can deadlock",
		Long: `Locks reads what a program built by harness build --lockcheck=order has written when it ended, and says where locks are locked in a
cycle. Exit code 1 means that there is one: no lock guards it, and no go statement, channel or wait group orders its parts. An atomic may.`,
		Example: "  GODMODE_ORDER=/tmp/order ./server; harness locks /tmp/order.*",
		PreRunE: a.readEnvironment,
		RunE:    func(_ *cobra.Command, args []string) error { return a.locks(args, o.json) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "write findings as JSON, one a line, instead of text")
	return cmd
}

// locks reads reports.
func (a *app) locks(args []string, asJSON bool) error {
	if len(args) == 0 {
		return usage("harness help locks shows how to get one", "no report to read: name a file")
	}
	total := 0
	for _, name := range args {
		n, err := a.locksOf(name, asJSON)
		if err != nil {
			return err
		}
		total += n
	}
	if total == 0 {
		return &failure{errors.New("there is no report on locks in it"), "the program must be built by harness build --lockcheck=order, and end", report.ExitInconclusive}
	}
	return nil
}

// locksOf reads the reports of a file, and returns how many there were.
func (a *app) locksOf(name string, asJSON bool) (int, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, cannot("name a file that a program built by harness build --lockcheck=order has written", err)
	}
	defer f.Close()
	reports, err := owners.Parse(f)
	if err != nil {
		return 0, cannot("reports are text that begins with lock-order 1", fmt.Errorf("%s: %w", name, err))
	}
	for i := range reports {
		if err := a.printFindings(&reports[i], asJSON); err != nil {
			return 0, err
		}
	}
	return len(reports), nil
}

// printFindings prints what is wrong in a report. A cycle that nothing keeps apart makes the exit code that of a failure.
func (a *app) printFindings(r *owners.Report, asJSON bool) error {
	found := r.Findings()
	if slices.ContainsFunc(found, owners.Fails) {
		a.exit = report.ExitViolated
	}
	switch {
	case asJSON:
		out := json.NewEncoder(a.Stdout)
		for _, f := range found {
			if err := out.Encode(f); err != nil {
				return cannot("", err)
			}
		}
	case len(found) == 0:
		fmt.Fprintf(a.Stdout, "ok        %s: locks were locked in an order; other runs may lock others\n", report.Plural(int64(len(r.Edges)), "edge"))
	default:
		if err := finding.Write(a.Stdout, found); err != nil {
			return cannot("", err)
		}
	}
	return nil
}
