package gotest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// verdict returns the event that closes a test. home says that a violation of the test was reported before it.
func (t TestReport) verdict(home bool, buckets []*Bucket) report.Event {
	e := report.Event{Kind: report.Verdict, Histories: int64(t.Runs), Failures: int64(t.Failures), Elapsed: t.Elapsed, Details: t.details()}
	switch t.Verdict {
	case OK:
		e.Status, e.NotProved = report.Held, []string{bound(t.Runs)}
	case Fail:
		e.Status = report.Violated
		e.Rate = &report.Rate{Estimate: float64(t.Failures) / float64(t.Runs), Low: t.Rate.Low, High: t.Rate.High}
		if !home {
			e.Message = t.elsewhere(buckets)
		}
	default:
		e.Status, e.Message = report.Inconclusive, t.Reason
	}
	return e
}

// details says what happened to a test beside its runs.
func (t TestReport) details() (phrases []string) {
	for _, c := range []struct {
		n    int
		what string
	}{{t.Lost, "lost"}, {t.Skipped, "skipped"}, {t.Infra, "ended from outside"}} {
		if c.n > 0 {
			phrases = append(phrases, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return phrases
}

// elsewhere names the first failure of a test whose buckets were all shown by another test first.
func (t TestReport) elsewhere(buckets []*Bucket) string {
	id := TestName{t.ImportPath, t.Test}.String()
	for _, b := range buckets {
		if b.tests[id] {
			return "as " + b.Tests[0] + ": " + b.Title
		}
	}
	return ""
}

// bound says what a number of clean runs does not prove.
func bound(runs int) string {
	return fmt.Sprintf("%s: p < %s a run (95 %%)", report.Plural(int64(runs), "clean run"), report.Percent(stats.RuleOfThree(runs, Confidence)))
}

// verdict returns the event about a package that was not run.
func (s Skipped) verdict() report.Event {
	e := report.Event{Kind: report.Verdict, Status: report.Skipped, Message: s.Reason}
	switch {
	case strings.HasPrefix(s.Reason, buildFailed):
		e.Status = report.Errored
	case s.Reason == interrupted:
		e.Status = report.Inconclusive
	}
	return e
}

// NotProved says in sentences what a run does not show, for the event that ends it: one about all tests that held, where the verdict of
// each test has its own.
func (r *Report) NotProved() []string {
	var runs []int
	for _, t := range r.Tests {
		if t.Verdict == OK {
			runs = append(runs, t.Runs)
		}
	}
	said := []string{"no schedule was controlled, and goroutines that a test leaves behind are seen only where the test looks for them"}
	if len(runs) > 0 {
		least := slices.Min(runs)
		said = append([]string{fmt.Sprintf("%s held, each in %s or more: p < %s a run (95 %%)", report.Plural(int64(len(runs)), "test"),
			report.Plural(int64(least), "run"), report.Percent(stats.RuleOfThree(least, Confidence)))}, said...)
	}
	return said
}
