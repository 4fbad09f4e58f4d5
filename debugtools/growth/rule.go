package growth

import (
	"fmt"
	"math"
	"slices"
)

// A Verdict is the answer to whether something grows.
type Verdict int

const (
	// Inconclusive: too few samples, or what they show has a harmless explanation that a longer run would rule out.
	Inconclusive Verdict = iota
	// Steady: it stays within the floor, or levels off.
	Steady
	// Grows: it goes on growing.
	Grows
)

// String returns the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case Grows:
		return "grows"
	case Steady:
		return "steady"
	}
	return "inconclusive"
}

// MinSamples is the number of samples below which the verdict is inconclusive: fewer leave fewer than a dozen behind the warm-up.
const MinSamples = 24

// blocks is the number of blocks that the tail of a series is cut into; the minimum of each stands for it.
const blocks = 12

// A Trend is what [Judge] says about a series.
type Trend struct {
	Verdict Verdict
	// Reason explains it in a few words.
	Reason string
	// Samples is the length of the series.
	Samples int
	// Tail is how much the minima of the second half rose from the first block to the last.
	Tail float64
	// Rate is the growth a sample in the second half: the median of the slopes between all pairs of minima. Low and High are the ends of its
	// interval of 95 % confidence.
	Rate, Low, High float64
}

// Judge tells whether a series, sampled when nothing should be held, goes on growing. A series grows if, with its first half dropped as
// warm-up and the rest cut into twelve blocks of which the minimum counts,
//
//   - the minima rise by more than the floor from the first block to the last,
//   - and do so still in the last third, by at least half of what a straight line would,
//   - and the lower end of the 95 % confidence interval of their slope is positive.
//
// If most of that rise happened at once, it is a cache that filled late or a table that doubled because of a leak. Nobody can tell yet, and the answer is
// inconclusive. So it is with values that are no numbers.
//
// The floor is a constant, and a leak grows with time: a leak too small for a short run is found by a longer one. Judge takes O(n) time for n samples.
func Judge(values []float64, floor float64) Trend {
	t := Trend{Samples: len(values)}
	if len(values) < MinSamples {
		t.Reason = fmt.Sprintf("%d of at least %d samples", len(values), MinSamples)
		return t
	}
	tail := values[len(values)/2:]
	if slices.ContainsFunc(tail, unreal) {
		t.Reason = "a sample is no number"
		return t
	}
	m := minima(tail, blocks)
	t.Tail = m[blocks-1] - m[0]
	per := blocks / float64(len(tail)) // from a block to a sample
	t.Rate, t.Low, t.High = theilSen(m)
	t.Rate, t.Low, t.High = t.Rate*per, t.Low*per, t.High*per
	t.Verdict, t.Reason = t.decide(m, floor)
	return t
}

// unreal reports whether a value cannot be compared with others.
func unreal(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// decide is the rule, on the minima of the blocks.
func (t *Trend) decide(m []float64, floor float64) (Verdict, string) {
	const last, third = blocks - 1, blocks - blocks/3 - 1
	late, line := m[last]-m[third], t.Tail*(last-third)/last
	switch {
	case !(t.Tail > floor):
		return Steady, "the second half stays within the floor"
	case late < line/2:
		return Steady, "it levels off"
	case t.Low <= 0:
		return Steady, "no trend"
	case rise(m) > t.Tail/2:
		return Inconclusive, "most of the growth is one jump; a longer run will tell"
	}
	return Grows, "it goes on growing"
}

// faster is how much larger the growth must be in a half that is twice as long as the half before. That of a leak is 2, that of what grows like the
// root of time 1.41. Marks of the highest water add as much with each doubling of the time: theirs is 1, at most.
const faster = 1.25

// Confirm judges a series again that was run for as long again because Judge found its first half to grow. Its second half is twice as long then as the one that
// was judged before: if it still grows, it must have grown clearly more than that; it is inconclusive otherwise. A jump in the first half that has no other behind it
// becomes steady that way.
func Confirm(values []float64, floor float64) Trend {
	whole := Judge(values, floor)
	before := Judge(values[:len(values)/2], floor)
	if whole.Verdict == Grows && before.Samples >= MinSamples && before.Tail > 0 && whole.Tail < faster*before.Tail {
		whole.Verdict, whole.Reason = Inconclusive, "it grows ever more slowly; a longer run will tell"
	}
	return whole
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

// theilSen returns the median of the slopes between all pairs of points (H. Theil, A rank-invariant method of linear and polynomial regression analysis, 1950), and
// the ends of its interval of 95 % confidence: the slopes whose ranks are as far from the middle as Kendall's statistic varies (P. K. Sen,
// Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968, section 3). Time and memory are O(n^2) for n points. Few points bound nothing:
// the ends are infinite then.
func theilSen(y []float64) (slope, low, high float64) {
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
	if rank < 0 || len(slopes) == 0 {
		return median(slopes), math.Inf(-1), math.Inf(1)
	}
	return median(slopes), slopes[rank], slopes[len(slopes)-1-rank]
}

// median returns the middle of a sorted list, or NaN if it is empty.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
