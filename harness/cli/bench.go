package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/concurrency-god-mode/godmode/debugtools/perf"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	json  bool
	limit float64 // in percent; below 0: none
}

// benchCommand returns the command bench.
func (a *app) benchCommand() *cobra.Command {
	flags := benchFlags{limit: -1}
	cmd := &cobra.Command{
		Use: "bench OLD NEW", Short: "compare two outputs of go test -bench",
		Long: `Bench compares the medians of two outputs of go test -bench -count=10, says "~" where a difference may be chance, and warns of too few runs, runs that
fall into two groups, and unlike machines. With --fail-if-slower it exits 1 if a benchmark has become worse by more than that, after correction for the
number of benchmarks, and 4 if there are too few runs to find out.`,
		Example: "  go test -run=NONE -bench=. -count=10 ./queue > new.txt\n  harness bench old.txt new.txt\n  harness bench old.txt new.txt --fail-if-slower 5",
		PreRunE: a.readEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("harness bench old.txt new.txt", "name two files with results of go test -bench")
			}
			if cmd.Flags().Changed("fail-if-slower") && !(flags.limit >= 0) {
				return usage("--fail-if-slower 5 is five percent", "--fail-if-slower must not be negative")
			}
			return a.runBench(args[0], args[1], flags)
		},
	}
	cmd.Flags().BoolVar(&flags.json, "json", false, "write the comparison as JSON")
	cmd.Flags().Float64Var(&flags.limit, "fail-if-slower", -1, "exit 1 if a benchmark is worse by more than this many `percent`")
	cmd.Flags().Lookup("fail-if-slower").DefValue = "off"
	return cmd
}

// runBench compares two files.
func (a *app) runBench(oldPath, newPath string, flags benchFlags) error {
	old, err := os.Open(oldPath)
	if err != nil {
		return usage("name files with results of go test -bench", "%w", err)
	}
	defer old.Close()
	new, err := os.Open(newPath)
	if err != nil {
		return usage("name files with results of go test -bench", "%w", err)
	}
	defer new.Close()
	c, err := perf.CompareBenchmarks(old, new)
	if errors.Is(err, perf.ErrNoBenchmarks) {
		return usage("go test -run=NONE -bench=. -count=10 writes them", "%s, %s: %w", oldPath, newPath, err)
	} else if err != nil {
		return usage("name files with results of go test -bench", "%s, %s: %w", oldPath, newPath, err)
	}
	if flags.json {
		err = a.writeJSON(c)
	} else {
		err = wrote(c.WriteText(a.Stdout))
	}
	if err != nil || flags.limit < 0 {
		return err
	}
	a.exit = a.judgeBench(c, flags)
	return nil
}

// judgeBench says whether a comparison passes --fail-if-slower.
func (a *app) judgeBench(c *perf.Comparison, flags benchFlags) report.ExitCode {
	slower, conclusive := c.Slower(flags.limit / 100)
	for _, row := range slower {
		fmt.Fprintf(a.Stderr, "worse by more than %g %%: %s (%s)\n", flags.limit, row.Name, row.Unit)
	}
	switch {
	case len(slower) > 0:
		return report.ExitViolated
	case !conclusive:
		fmt.Fprintf(a.Stderr, "inconclusive: with so few runs no difference could have been found\n")
		return report.ExitInconclusive
	}
	return report.ExitHeld
}

// writeJSON writes a value as indented JSON.
func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return wrote(enc.Encode(v))
}
