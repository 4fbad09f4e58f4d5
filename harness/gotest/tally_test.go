package gotest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// failing is the result of a process of TestX that failed with some signatures.
func failing(n int, output string, names ...string) *result {
	r := &result{job: &job{test: "TestX", tests: []string{"TestX"}}, run: Process{ImportPath: "p", Test: "TestX", Number: n, Output: []byte(output)}}
	for _, name := range names {
		r.failures = append(r.failures, signature.Failure{Kind: signature.Panic, Signature: "panic: " + name, Family: "panic: " + name, Test: "TestX",
			Excerpt: "short", Count: 1, Lost: []string{"TestX"}})
	}
	return r
}

// TestMemoryDoesNotGrow runs more processes, each with a failure of its own and much output, than a report may remember.
func TestMemoryDoesNotGrow(t *testing.T) {
	c := newTally(2)
	output := strings.Repeat("x", 1<<19)
	const n = 1000
	for i := range n {
		fresh, fruitful := c.add(failing(i, output, fmt.Sprint("number ", i)), time.Second)
		if !fruitful {
			t.Fatal("a failure is not fruitful")
		}
		for _, b := range fresh {
			c.retain(b)
		}
	}
	if len(c.buckets) != maxBuckets+1 {
		t.Errorf("%d buckets, want %d", len(c.buckets), maxBuckets+1)
	}
	kept, count := 0, 0
	for _, b := range c.buckets {
		kept += len(b.First.Output)
		count += b.Count
		if b.Mixed != (b.Count > 1) {
			t.Errorf("bucket of %d processes is mixed: %v", b.Count, b.Mixed)
		}
	}
	if kept > maxKept+maxBuckets*len("short") || count != n {
		t.Errorf("%d bytes kept of %d failures", kept, count)
	}
}

func TestOneProcessCountsOnce(t *testing.T) {
	c := newTally(1)
	r := failing(0, "", "a", "a", "b")
	r.failures[1].Test = "TestX/sub"
	c.add(r, 0)
	c.add(failing(1, "", "a"), 0)
	var report Report
	c.fill(&report, nil)
	if x := report.Tests[0]; x.Runs != 2 || x.Failures != 2 || x.Verdict != Fail {
		t.Errorf("%+v", x)
	}
	if b := report.Buckets[0]; b.Count != 2 || b.Occurrences != 3 || b.Runs != 2 {
		t.Errorf("%+v", b)
	}
}

func TestWhatWasKilledFromOutsideIsNoFailure(t *testing.T) {
	c := newTally(1)
	r := failing(0, "")
	r.failures = []signature.Failure{{Kind: signature.Infra, Signature: "infra: killed", Count: 1}}
	if _, fruitful := c.add(r, 0); fruitful {
		t.Error("it is taken for a run")
	}
	var report Report
	c.fill(&report, nil)
	if x := report.Tests[0]; x.Infra != 1 || x.Runs != 0 || x.Verdict != Inconclusive || len(report.Buckets) != 0 {
		t.Errorf("%+v, %v", x, report.Buckets)
	}
}

func TestHintNamesInterference(t *testing.T) {
	f := signature.Failure{Title: "listen tcp :8080: bind: address already in use"}
	if hint(f, 2) == "" || hint(f, 1) != "" || hint(signature.Failure{Title: "panic"}, 2) != "" {
		t.Error("the hint is given in the wrong place")
	}
}
