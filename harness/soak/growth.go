package soak

import (
	"fmt"
	"math"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness"
)

// MinSamples is the number of samples below which growth is inconclusive: fewer leave fewer than a dozen behind the warm-up.
const MinSamples = 24

// blocks is the number of blocks that the tail of a series is cut into; the minimum of each stands for it.
const blocks = 12

// A Trend is what [Growth] says about a series.
type Trend struct {
	// Status is violated if the series grows, held if it does not, and inconclusive if there are too few samples to say.
	Status harness.Status
	// Reason explains it in a few words.
	Reason string
	// Samples is the length of the series, Tail how much the minima of the second half rose from the first block to the last.
	Samples int
	Tail    float64
	// Slope is the lower bound of the growth a sample, with 95 % confidence, in the second half.
	Slope float64
}

// Growth judges whether a series, sampled when nothing should be held, goes on growing. A series grows if, with its first half dropped as
// warm-up and the rest cut into twelve blocks of which the minimum counts,
//
//   - the minima rise by more than the floor from the first block to the last,
//   - and do so still in the last third, by at least half of what a straight line would,
//   - and the lower end of the 95 % confidence interval of their slope is positive (Theil's estimator with Sen's interval:
//     P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968, section 3).
//
// If most of that rise happened at once, it is a cache that filled late or a table that doubled because of a leak. Nobody can tell yet, and the answer is
// inconclusive.
//
// A trend test alone would not do: a process without a leak climbs a staircase to the marks of its highest water, which is a
// trend. The floor and the last third tell that from a leak. What is tested is a constant floor against a leak that grows with time:
// a leak too small for a short soak is found by a longer one.
//
// The tests measure how often it errs, on series that it was not tuned with.
func Growth(values []float64, floor float64) Trend {
	t := Trend{Samples: len(values)}
	if len(values) < MinSamples {
		t.Reason = fmt.Sprintf("%d of at least %d samples", len(values), MinSamples)
		return t
	}
	m := minima(values[len(values)/2:], blocks)
	last := len(m) - 1
	third := len(m) - len(m)/3 - 1
	t.Tail = m[last] - m[0]
	t.Slope = senLower(m) * blocks / float64(len(values)-len(values)/2)
	late, line := m[last]-m[third], t.Tail*float64(last-third)/float64(last)
	switch {
	case !(t.Tail > floor):
		t.Status, t.Reason = harness.Held, "the second half stays within the floor"
	case !(late >= line/2):
		t.Status, t.Reason = harness.Held, "it levels off"
	case !(t.Slope > 0):
		t.Status, t.Reason = harness.Held, "no trend"
	case !(rise(m) <= t.Tail/2):
		t.Status, t.Reason = harness.Inconclusive, "most of the growth is one jump; a longer soak will tell"
	default:
		t.Status, t.Reason = harness.Violated, "it goes on growing"
	}
	return t
}

// rise returns the largest step from one value to the next.
func rise(y []float64) float64 {
	largest := 0.0
	for i := 1; i < len(y); i++ {
		largest = max(largest, y[i]-y[i-1])
	}
	return largest
}

// minima cuts a list into n blocks of almost equal length and returns the smallest value of each.
func minima(list []float64, n int) []float64 {
	m := make([]float64, n)
	for i := range m {
		m[i] = slices.Min(list[i*len(list)/n : (i+1)*len(list)/n])
	}
	return m
}

// senLower returns the lower end of the 95 % confidence interval of the slope of a series: that of the slopes of all pairs of points, in order,
// whose rank is as far below the middle as Kendall's statistic varies.
func senLower(y []float64) float64 {
	n := len(y)
	slopes := make([]float64, 0, n*(n-1)/2)
	for i := range y {
		for j := range i {
			slopes = append(slopes, (y[i]-y[j])/float64(i-j))
		}
	}
	slices.Sort(slopes)
	const z = 1.959964 // the two-sided 95 % point of the normal distribution
	c := z * math.Sqrt(float64(n*(n-1)*(2*n+5))/18)
	rank := int(math.Floor((float64(len(slopes)) - c) / 2))
	if rank < 0 {
		return math.Inf(-1)
	}
	return slopes[rank]
}
