package report

import (
	"fmt"
	"strings"
)

// An ExitCode is what the command tells its caller.
type ExitCode int

// The exit codes. They mean the same for every verb of the command.
const (
	// ExitHeld: all properties held.
	ExitHeld ExitCode = 0
	// ExitViolated: a property was violated, or a seeded bug was missed.
	ExitViolated ExitCode = 1
	// ExitUsage: the command line makes no sense.
	ExitUsage ExitCode = 2
	// ExitCannotRun: the harness or the target could not run.
	ExitCannotRun ExitCode = 3
	// ExitInconclusive: nothing was shown either way.
	ExitInconclusive ExitCode = 4
	// ExitNotReproduced: a replay did not fail as its case says.
	ExitNotReproduced ExitCode = 5
	// ExitInterrupted and ExitTerminated: 128 and the number of the signal.
	ExitInterrupted ExitCode = 130
	ExitTerminated  ExitCode = 143
)

// exitTexts explains the codes; ExitTable and String print it.
var exitTexts = []struct {
	code ExitCode
	text string
}{
	{ExitHeld, "all properties held"},
	{ExitViolated, "a property was violated, or a seeded bug was missed"},
	{ExitUsage, "usage error"},
	{ExitCannotRun, "the harness or the target could not run"},
	{ExitInconclusive, "inconclusive: nothing selected, the checker gave up, or the budget ended before the minimum of runs"},
	{ExitNotReproduced, "a replay did not reproduce its failure"},
	{ExitInterrupted, "interrupted (SIGINT)"},
	{ExitTerminated, "terminated (SIGTERM)"},
}

// String explains the code.
func (c ExitCode) String() string {
	for _, t := range exitTexts {
		if t.code == c {
			return t.text
		}
	}
	return fmt.Sprintf("exit code %d", int(c))
}

// ExitTable returns the table of all exit codes, a line each, for help texts and documents.
func ExitTable() string {
	var b strings.Builder
	for _, t := range exitTexts {
		fmt.Fprintf(&b, "%3d  %s\n", t.code, t.text)
	}
	return b.String()
}

// Exit returns the exit code of a run whose gravest outcome is s. If all was skipped, nothing was shown.
func (s Status) Exit() ExitCode {
	switch s {
	case Held, Caught:
		return ExitHeld
	case Violated, Missed:
		return ExitViolated
	case Errored:
		return ExitCannotRun
	}
	return ExitInconclusive
}
