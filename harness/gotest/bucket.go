package gotest

import (
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// A run of a million processes holds no more than one of a hundred: what it keeps of failures is bounded by these.
const (
	// maxBuckets is how many signatures are kept apart. Later ones share a bucket for each kind of failure.
	maxBuckets = 256
	// maxKept is how many bytes of complete outputs a report holds; later buckets keep their excerpt only.
	maxKept = 64 << 20
)

// bucket puts a failure into its bucket, and returns the bucket if it is new.
func (t *tally) bucket(r *result, f *signature.Failure, elapsed time.Duration) *Bucket {
	b, known := t.buckets[f.Signature]
	mixed := !known && len(t.buckets) >= maxBuckets
	if mixed {
		f = overflow(f)
		b, known = t.buckets[f.Signature]
	}
	if !known {
		b = &Bucket{Failure: *f, ImportPath: r.run.ImportPath, First: r.run, FirstSeen: elapsed, Mixed: mixed, tests: map[string]bool{}}
		b.Hint = hint(*f, t.workers)
		t.buckets[f.Signature] = b
	}
	id := t.victim(r, f).String()
	if !b.tests[id] {
		b.tests[id] = true
		b.Tests = append(b.Tests, id)
	}
	b.Occurrences += f.Count
	if b.last != t.processes { // one process may show a failure in two tests
		b.last = t.processes
		b.Count++
	}
	if known {
		return nil
	}
	return b
}

// overflow returns a failure under the name that all failures of its kind share when there are too many names.
func overflow(f *signature.Failure) *signature.Failure {
	g := *f
	g.Lost = nil
	g.Signature = string(f.Kind) + ": one of too many signatures to keep apart"
	g.Family = g.Signature
	return &g
}

// retain keeps the complete output of a new bucket if there is room, or else its excerpt.
func (t *tally) retain(b *Bucket) {
	if t.kept += len(b.First.Output); t.kept > maxKept {
		t.kept -= len(b.First.Output)
		b.First.Output = []byte(b.Excerpt)
	}
}

// fill writes the counts into a report.
func (t *tally) fill(report *Report, dropped map[TestName]string) {
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
