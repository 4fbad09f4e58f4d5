package soak

import "github.com/concurrency-god-mode/godmode/harness"

// A Trend is what a [Judge] says about a series.
type Trend struct {
	// Status is violated if the series grows, held if it does not, and inconclusive if nobody can tell yet.
	Status harness.Status
	// Reason explains it in a few words.
	Reason string
	// Tail is how much the second half of the series rose.
	Tail float64
}

// A Judge tells whether a series, sampled when nothing should be held, goes on growing. What rises by no more than the floor in the second half does not. The rule
// is debugtools/growth's, which the command hands in: the engines know nothing of who reads evidence.
type Judge func(values []float64, floor float64) Trend

// trend asks the judge. Where there is none, nobody can tell.
func (j Judge) trend(values []float64, floor float64) Trend {
	if j == nil {
		return Trend{Status: harness.Inconclusive, Reason: "no judge of growth was given"}
	}
	return j(values, floor)
}
