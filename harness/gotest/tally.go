package gotest

import (
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// A result is a process that has ended, with its output read.
type result struct {
	job       *job
	run       Process
	failures  []signature.Failure
	tests     signature.Tests
	cancelled bool
}

// A testID names a test of all packages.
type testID struct{ importPath, test string }

// String returns "importpath.Test".
func (t testID) String() string { return t.importPath + "." + t.test }

// A tally counts results. One goroutine owns it.
type tally struct {
	order   []testID
	tests   map[testID]*TestReport
	buckets map[string]*Bucket
	workers int
	outputs int // how many complete outputs are kept
}

// maxOutputs bounds how many complete outputs a report holds; later buckets keep their excerpt only.
const maxOutputs = 64

// newTally prepares the counts of the tests that will run.
func newTally(workers int) *tally {
	return &tally{tests: map[testID]*TestReport{}, buckets: map[string]*Bucket{}, workers: workers}
}

// test returns the counts of a test, new ones if need be.
func (t *tally) test(id testID) *TestReport {
	r, ok := t.tests[id]
	if !ok {
		r = &TestReport{ImportPath: id.importPath, Test: id.test}
		t.tests[id] = r
		t.order = append(t.order, id)
	}
	return r
}

// add counts a result. It returns the buckets that are new, and whether the process ran any test.
func (t *tally) add(r *result, elapsed time.Duration) (fresh []*Bucket, fruitful bool) {
	failed, infra := t.fates(r)
	for id, n := range failed {
		report := t.test(id)
		report.Runs++
		report.Failures++
		fruitful = fruitful || n > 0
	}
	for _, name := range t.mentioned(r) {
		id := testID{r.run.ImportPath, name}
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

// fates returns the tests that failed in a process and how often, and whether the environment ended the process.
func (t *tally) fates(r *result) (failed map[testID]int, infra bool) {
	failed, infra = map[testID]int{}, r.run.Error != ""
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
func (t *tally) victim(r *result, f *signature.Failure) testID {
	name, _, _ := strings.Cut(f.Test, "/")
	switch {
	case r.job.test != "":
		name = r.job.test
	case !slices.Contains(t.mentioned(r), name):
		name = wholePackage
	}
	return testID{r.run.ImportPath, name}
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
			names = append(names, one.Name)
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
		t.test(testID{r.run.ImportPath, name}).Elapsed += r.run.Elapsed / time.Duration(len(names))
	}
}

// bucket puts a failure into its bucket, and returns the bucket if it is new.
func (t *tally) bucket(r *result, f *signature.Failure, elapsed time.Duration) *Bucket {
	b, ok := t.buckets[f.Signature]
	if !ok {
		b = &Bucket{Failure: *f, ImportPath: r.run.ImportPath, First: r.run, FirstSeen: elapsed, tests: map[string]bool{}}
		b.Hint = hint(*f, t.workers)
		if t.outputs++; t.outputs > maxOutputs {
			b.First.Output = []byte(f.Excerpt)
		}
		t.buckets[f.Signature] = b
	}
	id := t.victim(r, f).String()
	if !b.tests[id] {
		b.tests[id] = true
		b.Tests = append(b.Tests, id)
	}
	b.Occurrences += f.Count
	b.Count++
	if ok {
		return nil
	}
	return b
}

// fill writes the counts into a report.
func (t *tally) fill(report *Report, dropped map[testID]string) {
	for _, id := range t.order {
		r := t.tests[id]
		r.judge(dropped[id])
		report.Tests = append(report.Tests, *r)
	}
	for _, b := range t.buckets {
		b.Runs = 0
		for _, id := range t.order {
			if b.tests[id.String()] {
				b.Runs += t.tests[id].Runs
			}
		}
		b.Runs = max(b.Runs, b.Count)
		b.Rate = stats.ClopperPearson(b.Count, b.Runs, Confidence)
		report.Buckets = append(report.Buckets, b)
	}
	sortBuckets(report.Buckets)
}
