package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/perf"
	"github.com/spf13/cobra"
)

// perfCommand returns the command perf.
func (a *app) perfCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "perf FILE [NEWER]", Short: "say why a program is slow, from a trace or a profile",
		Long: `Perf reads an execution trace (go test -trace, net/http/pprof, a flight recorder) or a profile (CPU, mutex, block, goroutine, threadcreate), told apart
by their content, and says what costs the time, most important first, with numbers. Of two files it says what changed. - is standard input. It exits 0 if
the file could be read, whatever it says, and 2 if not.`,
		Example: "  go test -run=TestQueue -trace trace.out ./queue && harness perf trace.out\n  harness perf mutex.pprof\n  harness perf old.pprof new.pprof",
		PreRunE: a.readEnvironment,
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 1:
				return a.runPerf(args[0], asJSON)
			case 2:
				return a.runPerfDiff(args[0], args[1], asJSON)
			}
			return usage("harness perf trace.out", "name one file, or two to compare")
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return cmd
}

// A measured is a trace or a profile.
type measured struct {
	trace   *perf.Trace
	profile *perf.Profile
}

// what names it.
func (m *measured) what() string {
	if m.trace != nil {
		return "a trace"
	}
	return "a profile"
}

// measured reads a file.
func (a *app) measured(path string) (*measured, error) {
	in := io.NopCloser(a.Stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, usage("name a file of an execution trace or a profile", "%w", err)
		}
		in = f
	}
	defer in.Close()
	trace, profile, err := perf.Read(in)
	if err != nil {
		return nil, usage("harness help perf says what can be read", "%s: %w", path, err)
	}
	return &measured{trace, profile}, nil
}

// runPerf explains one file.
func (a *app) runPerf(path string, asJSON bool) error {
	m, err := a.measured(path)
	switch {
	case err != nil:
		return err
	case asJSON && m.trace != nil:
		return a.writeJSON(perfJSON{Trace: m.trace, Findings: some(m.trace.Findings())})
	case asJSON:
		return a.writeJSON(perfJSON{Profile: m.profile, Findings: some(m.profile.Findings())})
	case m.trace != nil:
		return wrote(m.trace.WriteText(a.Stdout))
	}
	return wrote(m.profile.WriteText(a.Stdout))
}

// runPerfDiff explains what changed between two files.
func (a *app) runPerfDiff(oldPath, newPath string, asJSON bool) error {
	old, err := a.measured(oldPath)
	if err != nil {
		return err
	}
	new, err := a.measured(newPath)
	switch {
	case err != nil:
		return err
	case (old.trace == nil) != (new.trace == nil):
		return usage("compare files of one kind", "%s is %s, %s is %s", oldPath, old.what(), newPath, new.what())
	case old.trace != nil:
		return a.writeTraceDiff(perf.DiffTraces(old.trace, new.trace), asJSON)
	}
	d, err := perf.DiffProfiles(old.profile, new.profile)
	switch {
	case err != nil:
		return usage("compare files of one kind", "%w", err)
	case asJSON:
		return a.writeJSON(perfJSON{ProfileDiff: d, Findings: some(d.Findings())})
	}
	return wrote(d.WriteText(a.Stdout))
}

// wrote makes an error of writing the result one of a command that cannot run.
func wrote(err error) error {
	if err == nil {
		return nil
	}
	return cannot("", fmt.Errorf("writing the result: %w", err))
}

// writeTraceDiff writes what changed between two traces.
func (a *app) writeTraceDiff(d *perf.TraceDiff, asJSON bool) error {
	if asJSON {
		return a.writeJSON(perfJSON{TraceDiff: d, Findings: some(d.Appeared), Gone: d.Gone})
	}
	return wrote(d.WriteText(a.Stdout))
}

// perfJSON is what perf --json writes: one of the first four, and what was found. Of two traces, Findings are those of the second only, Gone of the first only.
type perfJSON struct {
	Trace       *perf.Trace       `json:"trace,omitempty"`
	Profile     *perf.Profile     `json:"profile,omitempty"`
	TraceDiff   *perf.TraceDiff   `json:"trace_diff,omitempty"`
	ProfileDiff *perf.ProfileDiff `json:"profile_diff,omitempty"`
	Findings    []finding.Finding `json:"findings"`
	Gone        []finding.Finding `json:"gone,omitempty"`
}

// some returns findings that are written as a list also if there are none.
func some(all []finding.Finding) []finding.Finding {
	if all == nil {
		return []finding.Finding{}
	}
	return all
}
