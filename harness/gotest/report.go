package gotest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// Confidence is the confidence of every interval in a Report.
const Confidence = 0.95

// A Verdict is what is known about a test after a run.
type Verdict string

// The verdicts.
const (
	OK           Verdict = "ok"
	Fail         Verdict = "FAIL"
	Inconclusive Verdict = "inconclusive"
)

// wholePackage stands for the test in what belongs to none: a failure of TestMain, of an init function, or after the tests.
const wholePackage = "(package)"

// A Process is one process: how it was started and how it ended.
type Process struct {
	ImportPath string
	Test       string // "" for a whole package
	Number     int    // of this test's processes, from 0
	Plan       Plan
	Dir        string
	Env        []string // the variables that differ from the environment of the harness
	Args       []string // of the test binary
	// Command repeats the run from a shell, building the test anew.
	Command string
	Exit    signature.ExitInfo
	Elapsed time.Duration
	Output  []byte // complete up to RunConfig.MaxOutput; nil if the process did not fail
	// Escaped says that something that the test started left its process group and may still run.
	Escaped bool
	// Error says why the process could not be started, or is empty.
	Error string
}

// A TestReport says what happened to one test.
type TestReport struct {
	ImportPath, Test string
	Verdict          Verdict
	Reason           string // of an inconclusive verdict
	Runs             int    // how often it ran to its end, well or badly
	Failures         int    // how many of Runs failed
	Lost             int    // how often it started and was lost because another test or a goroutine ended the process
	Skipped          int
	Infra            int // processes that the environment ended
	Elapsed          time.Duration
	// Rate bounds the rate of failure, with Confidence. Without failures its upper end is that of the rule of three.
	Rate stats.Interval
}

// A Bucket holds the failures that have one signature.
type Bucket struct {
	signature.Failure          // of the first process that showed it
	ImportPath        string   // of the first
	Tests             []string // all tests that showed it, as "importpath.Test"
	Count             int      // how many processes showed it
	Occurrences       int      // how often it was reported, with repetitions in one process
	Runs              int      // how often the tests that showed it ran
	Rate              stats.Interval
	First             Process
	FirstSeen         time.Duration // since the start of the run
	// Mixed says that the bucket holds failures of many signatures, because there were too many to keep apart.
	Mixed bool
	// Hint warns of a likely cause outside the program, or is empty.
	Hint string

	tests map[string]bool
	last  int // the process that showed it last
}

// Skipped names a package that was not run, and why.
type Skipped struct{ ImportPath, Reason string }

// A Report is the outcome of Run.
type Report struct {
	Seed      uint64
	Tests     []TestReport // in the order of the packages and of their source
	Buckets   []*Bucket    // most frequent first
	Skipped   []Skipped    // packages without tests, without selected tests, or that did not compile
	Processes int          // that ended and were counted
	Cancelled bool         // ctx ended before the budget
	Elapsed   time.Duration
	Notes     []string // what limits the meaning of the numbers
}

// Failed reports whether any test failed.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Tests, func(t TestReport) bool { return t.Verdict == Fail })
}

// Conclusive reports whether every test came to a verdict and every package compiled.
func (r *Report) Conclusive() bool {
	broken := slices.ContainsFunc(r.Skipped, func(s Skipped) bool { return strings.HasPrefix(s.Reason, buildFailed) })
	return !broken && len(r.Tests) > 0 && !slices.ContainsFunc(r.Tests, func(t TestReport) bool { return t.Verdict == Inconclusive })
}

// interrupted is the reason of a package whose tests were not known yet when the run was interrupted.
const interrupted = "interrupted before its tests were known"

// buildFailed starts the reason of a package that did not compile.
const buildFailed = "build failed: "

// judge fills in the verdict of a test.
func (t *TestReport) judge(dropped string) {
	t.Rate = stats.ClopperPearson(t.Failures, t.Runs, Confidence)
	switch {
	case t.Failures > 0:
		t.Verdict = Fail
		return
	case t.Runs > 0:
		t.Verdict = OK
		t.Rate.High = stats.RuleOfThree(t.Runs, Confidence)
		return
	}
	t.Verdict = Inconclusive
	switch {
	case t.Skipped > 0:
		t.Reason = "it skipped itself every time"
	case t.Infra > 0:
		t.Reason = "its processes were ended from outside"
	case t.Lost > 0:
		t.Reason = "every process ended before it did"
	default:
		t.Reason = cmp.Or(dropped, "it never ran")
	}
}

// sortBuckets orders buckets by how many processes showed them, then by signature.
func sortBuckets(buckets []*Bucket) {
	slices.SortFunc(buckets, func(a, b *Bucket) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Signature, b.Signature))
	})
}

// interference are messages that copies of a test cause in each other.
var interference = []string{"address already in use", "text file busy", "database is locked", "file exists",
	"resource temporarily unavailable", "too many open files"}

// hint returns what to suspect beside the program.
func hint(f signature.Failure, workers int) string {
	if workers < 2 {
		return ""
	}
	text := strings.ToLower(f.Title + f.Excerpt)
	for _, message := range interference {
		if strings.Contains(text, message) {
			return "copies of this test ran at the same time and may have met (" + message + "); run it with one worker to be sure"
		}
	}
	return ""
}
