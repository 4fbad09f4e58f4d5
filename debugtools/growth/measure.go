package growth

import (
	"math"
	"runtime"

	"github.com/concurrency-god-mode/godmode/debugtools/heap"
)

// nan stands for what is not known.
var nan = math.NaN()

// maxSamples bounds the number of samples of a measurement without confirmation: a sample costs two collections.
const maxSamples = 300

// A Metric is what was measured of one thing that a process holds.
type Metric struct {
	// Name is heap, objects, goroutines, threads or files. Unit is "B", or what is counted.
	Name, Unit string
	// Floor is the growth in the second half of the samples that is called none.
	Floor float64
	// Values are the samples, in order. They are NaN where the system does not tell.
	Values []float64
	// Trend is the verdict. Its Rate, Low and High are for an iteration, not for a sample.
	Trend Trend
}

// A Report is the outcome of [Measure].
type Report struct {
	// Iterations is how often the function was called: as often as it was asked for, or twice as often.
	Iterations int
	// Confirmed says that it was run for as long again, because something seemed to grow.
	Confirmed bool
	// Metrics are heap, objects, goroutines, threads and files, in this order.
	Metrics []Metric
	// Sites are the calls whose memory has grown in the second run, the largest first, counted object by object. They are nil if there was no second run.
	Sites []heap.SiteGrowth
}

// Measure calls f n times and judges what the process holds more of from call to call. Between calls, at up to 300 moments, it waits for goroutines that are
// about to end, collects twice and samples. If something seems to grow it calls f n times more and judges by [Confirm].
//
// f must leave nothing behind that it means to clean up later. What other goroutines of the process do meanwhile is measured with it, so one measurement
// runs at a time. In the second run runtime.MemProfileRate is 1, so that it can be said where memory comes from; f is slower then. With n below [MinSamples] every verdict is
// inconclusive. It costs two collections a sample, and n or 2n calls.
func Measure(n int, f func()) *Report {
	r := newRun(n, f)
	r.sample(r.samples)
	if r.judge(Judge) {
		r.report.Sites = sites(func() { r.sample(r.samples) })
		r.report.Confirmed = true
		r.judge(Confirm)
	}
	return &r.report
}

// A run is a measurement in progress.
type run struct {
	report  Report
	call    func()
	meter   *meter
	samples int // of a run
	per     int // calls a sample
	row     []float64
}

// newRun makes a run with room for all samples, so that taking them holds nothing.
func newRun(n int, f func()) *run {
	n = max(n, 0)
	r := &run{call: f, meter: newMeter(), samples: min(n, maxSamples), row: make([]float64, len(gauges))}
	if r.samples > 0 {
		r.per = (n + r.samples - 1) / r.samples
		r.samples = n / r.per
	}
	for _, g := range gauges {
		r.report.Metrics = append(r.report.Metrics, Metric{Name: g.name, Unit: g.unit, Floor: g.floor, Values: make([]float64, 0, 2*r.samples)})
	}
	return r
}

// sample calls the function and takes n samples.
func (r *run) sample(n int) {
	for range n {
		for range r.per {
			r.call()
		}
		r.report.Iterations += r.per
		r.meter.read(r.row)
		for i := range r.row {
			m := &r.report.Metrics[i]
			m.Values = append(m.Values, r.row[i])
		}
	}
}

// judge judges all metrics by a rule, and reports whether something may grow.
func (r *run) judge(rule func([]float64, float64) Trend) bool {
	suspicious := false
	for i := range r.report.Metrics {
		m := &r.report.Metrics[i]
		m.Trend = rule(m.Values, m.Floor)
		per := max(float64(r.per), 1)
		m.Trend.Rate, m.Trend.Low, m.Trend.High = m.Trend.Rate/per, m.Trend.Low/per, m.Trend.High/per
		suspicious = suspicious || m.Trend.Verdict != Steady && len(m.Values) >= MinSamples && !math.IsNaN(m.Values[0])
	}
	return suspicious
}

// sites runs a function and returns the calls whose memory has grown meanwhile, or nil if no profile could be read.
func sites(f func()) []heap.SiteGrowth {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	before, err := heap.Checkpoint()
	f()
	if err != nil {
		return nil
	}
	after, err := heap.Checkpoint()
	if err != nil {
		return nil
	}
	all, err := heap.DiffProfiles(before, after)
	if err != nil {
		return nil
	}
	var grown []heap.SiteGrowth
	for _, s := range all {
		if s.Bytes > 0 && !s.Noise {
			grown = append(grown, s)
		}
	}
	return grown
}
