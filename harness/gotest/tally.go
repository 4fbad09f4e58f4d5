package gotest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A result is a process that has ended, with its output read.
type result struct {
	job       *job
	run       Process
	failures  []signature.Failure
	tests     signature.Tests
	cancelled bool
}

// A tally counts results. One goroutine owns it.
type tally struct {
	order   []TestName
	tests   map[TestName]*TestReport
	buckets map[string]*Bucket
	workers int
	kept    int // bytes of complete outputs

	processes int // that were added
}

// newTally prepares the counts of the tests that will run.
func newTally(workers int) *tally {
	return &tally{tests: map[TestName]*TestReport{}, buckets: map[string]*Bucket{}, workers: workers}
}

// test returns the counts of a test, new ones if need be.
func (t *tally) test(id TestName) *TestReport {
	r, ok := t.tests[id]
	if !ok {
		r = &TestReport{ImportPath: id.ImportPath, Test: id.Test}
		t.tests[id] = r
		t.order = append(t.order, id)
	}
	return r
}

// add counts a result. It returns the buckets that are new, and whether the process ran any test.
func (t *tally) add(r *result, elapsed time.Duration) (fresh []*Bucket, fruitful bool) {
	t.processes++
	failed, infra := t.fates(r)
	for _, id := range slices.SortedFunc(maps.Keys(failed), compareNames) {
		report := t.test(id)
		report.Runs++
		report.Failures++
		fruitful = true
	}
	for _, name := range t.mentioned(r) {
		id := TestName{r.run.ImportPath, name}
		if failed[id] > 0 {
			continue
		}
		if t.count(t.test(id), r, name, infra) {
			fruitful = true
		}
	}
	t.share(r)
	for i := range r.failures {
		if r.failures[i].Kind != signature.Infra {
			if b := t.bucket(r, &r.failures[i], elapsed); b != nil {
				fresh = append(fresh, b)
			}
		}
	}
	return fresh, fruitful
}

// compareNames orders tests by name.
func compareNames(a, b TestName) int {
	return cmp.Or(strings.Compare(a.ImportPath, b.ImportPath), strings.Compare(a.Test, b.Test))
}

// fates returns the tests that failed in a process and how often, and whether the environment ended the process.
func (t *tally) fates(r *result) (failed map[TestName]int, infra bool) {
	failed, infra = map[TestName]int{}, r.run.Error != ""
	for i := range r.failures {
		f := &r.failures[i]
		if f.Kind == signature.Infra {
			infra = true
			continue
		}
		failed[t.victim(r, f)]++
	}
	return failed, infra
}

// victim returns the test that a failure is counted for: the only one of the process, or the one that the output names.
func (t *tally) victim(r *result, f *signature.Failure) TestName {
	name, _, _ := strings.Cut(f.Test, "/")
	switch {
	case r.job.test != "":
		name = r.job.test
	case !slices.Contains(t.mentioned(r), name):
		name = wholePackage
	}
	return TestName{r.run.ImportPath, name}
}

// mentioned returns the tests that a process was to run.
func (t *tally) mentioned(r *result) []string {
	switch {
	case r.job.test != "":
		return []string{r.job.test}
	case len(r.job.tests) > 0:
		return r.job.tests
	}
	var names []string // the tests could not be listed: those that the output shows
	for _, one := range r.tests.All() {
		if !strings.Contains(one.Name, "/") {
			names = append(names, strings.Clone(one.Name)) // it is part of the output, which is not to be kept
		}
	}
	return names
}

// count counts the end of a test that did not fail, and reports whether it ran or chose not to.
func (t *tally) count(report *TestReport, r *result, name string, infra bool) bool {
	status, ok := r.tests.Status(name)
	switch {
	case infra && status != signature.Passed && status != signature.Skipped:
		report.Infra++
		return false
	case !ok:
		return false
	case status == signature.Skipped:
		report.Skipped++
	case status == signature.Started:
		report.Lost++
	default:
		report.Runs++
	}
	return true
}

// share divides the time of a process among its tests.
func (t *tally) share(r *result) {
	names := t.mentioned(r)
	for _, name := range names {
		t.test(TestName{r.run.ImportPath, name}).Elapsed += r.run.Elapsed / time.Duration(len(names))
	}
}
