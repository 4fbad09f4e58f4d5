package explore

import (
	"fmt"
	"os"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// Text explains an execution to people, with the lines of its sources as far as they are here.
func Text(x *explain.Execution, width int) string {
	var b strings.Builder
	_ = explain.Text(&b, x, explain.Options{Width: width, Source: Source}) // a builder takes everything
	return b.String()
}

// Source returns the lines of a file, or nil.
func Source(file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return strings.Split(string(data), "\n")
}

// violation describes a failure.
func (t *trial) violation(x *Failure) report.Event {
	e := report.Event{
		Kind: report.Violation, Status: report.Violated, Property: x.Kind, Seed: report.Seed(x.Seed), Where: x.where(), After: x.After, Schedules: x.Schedules,
		Evidence: x.programText() + Text(x.Execution, t.config.Width) + x.remarks(), Reproduced: x.Replayed, Replays: x.Replays,
	}
	if x.From > 0 && !x.Together && x.Replays > 0 && !x.Saved {
		e.From, e.To, e.Unit = x.From, len(x.Switches), "forced switches"
		if e.To == 1 {
			e.Unit = "forced switch"
		}
	}
	if x.CaseError != nil {
		e.Details = append(e.Details, "not saved: "+x.CaseError.Error())
	}
	if x.Case != "" {
		e.Case, e.Replay, e.Explain = x.Case, "harness repro "+x.Case, "harness explain "+x.Case+" --html "+page(x.Case)
	}
	return e
}

// page proposes a name for the page about a case.
func page(path string) string {
	path = path[strings.LastIndexByte(path, '/')+1:]
	return strings.TrimSuffix(path, ".case") + ".html"
}

// where names the schedule that failed.
func (x *Failure) where() string {
	switch {
	case x.Saved:
		return "a saved case, " + x.How
	case x.place != "":
		return x.place
	case x.program != nil && x.Strategy == baseline:
		return "the first schedule of a program, which forces nothing"
	case x.Strategy == baseline:
		return "the first schedule, which forces nothing"
	}
	return fmt.Sprintf("schedule %d (%s)", x.Number+1, x.Strategy)
}

// remarks say what limits a replay.
func (x *Failure) remarks() string {
	switch {
	case x.Saved:
		return ""
	case x.Together && x.Replayed > 0:
		return fmt.Sprintf("\nit fails only together with the schedules before it in one process: the test leaves state behind. The replays were of all these, " +
			"and nothing was minimised.\n")
	case x.Replays == 0:
		return "\nit was not replayed: the run was stopped.\n"
	case x.Replayed < x.Replays:
		return "\nit did not fail again every time: something beside the schedule decides, such as addresses, real time, or state outside of the process.\n"
	case !x.Minimal:
		return "\nthe minimisation was cut short: perhaps fewer switches are enough.\n"
	}
	return ""
}

// verdict closes a test.
func (t *trial) verdict(r *result) report.Event {
	e := report.Event{Kind: report.Verdict, Schedules: r.schedules, Space: r.space, Elapsed: r.elapsed, Details: r.details()}
	if r.programs > 0 {
		e.Space = 0 // of a space of programs, nobody knows the part
	} else if r.exhausted {
		e.Space = 1
	} else if r.idle { // nothing was there to estimate from
		e.Space = 0
	} else if e.Space >= 1 { // an estimate is no proof
		e.Space = 0.99
	}
	switch {
	case r.failure != nil:
		e.Status, e.Failures = report.Violated, 1
	case r.stress != nil:
		e.Status, e.Message, e.Failures = r.stress.status, r.refused+": "+r.stress.message, r.stress.failures
		e.Schedules, e.Space = 0, 0
	case r.refused != "":
		e.Status, e.Message, e.Space = report.Skipped, r.refused+"; not explored", 0
	case r.problem != "":
		e.Status, e.Message = report.Inconclusive, r.problem
	case r.schedules == 0 || r.cancelled && !r.exhausted:
		e.Status, e.Message = report.Inconclusive, "stopped"
		switch {
		case r.wanted == 0:
			e.Message = "none of its schedules is in this shard"
		case !r.cancelled:
			e.Message = "its time was over before its first schedule"
		}
	default:
		e.Status = report.Held
	}
	if t.target != nil && t.target.Wanted {
		e.Status = weighBug(e.Status)
	}
	return e
}

// details says what happened beside the schedules.
func (r *result) details() (phrases []string) {
	if r.failure == nil && r.refused == "" && r.problem == "" {
		switch {
		case r.exhausted && !r.raced && !r.idle:
			phrases = append(phrases, "all, unless it has data races: built without the detector")
		case r.isolated:
			phrases = append(phrases, "a process each, since the test keeps state")
		case r.skips:
			phrases = append(phrases, "the test skips itself: nothing was shown")
		case r.idle && r.exhausted:
			phrases = append(phrases, "nothing to decide")
		case r.idle:
			phrases = append(phrases, "nothing to decide but what is drawn at random")
		}
		if r.points > 0 {
			phrases = append(phrases, report.Plural(r.points, "operation")+" each")
		}
		phrases = append(phrases, r.generated()...)
		if r.late && !r.exhausted && !r.cancelled && r.schedules < int64(r.wanted) {
			phrases = append(phrases, "time was over")
		}
	}
	if r.passing > 0 {
		phrases = append(phrases, report.Plural(int64(r.passing), "saved case")+" replayed without failure")
	}
	return phrases
}
