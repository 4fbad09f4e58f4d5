// Package stats answers the three questions that repeated runs of a flaky test raise: how often does it fail, how often can it
// fail when it never did, and how many clean runs show that a repair worked.
//
// All functions are exact in the sense of Clopper and Pearson: an interval of confidence c covers the true rate in at least a
// fraction c of experiments, for every rate and number of runs. They assume that runs are independent and have one rate; a
// sweep over configurations reports the rate of the mixture.
package stats

import "math"

// An Interval bounds a probability: 0 <= Low <= High <= 1.
type Interval struct{ Low, High float64 }

// ClopperPearson returns the two-sided confidence interval for a failure rate after k failures in n runs, for a confidence conf
// such as 0.95 (C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934). Without runs, or
// with arguments out of range, nothing is known: the interval is 0 to 1. With no failures Low is 0 and High is the two-sided
// limit, which is wider than [RuleOfThree].
func ClopperPearson(k, n int, conf float64) Interval {
	if n <= 0 || k < 0 || k > n || !validConfidence(conf) {
		return Interval{0, 1}
	}
	tail, i := (1-conf)/2, Interval{0, 1}
	a, b := float64(k), float64(n-k)
	if k > 0 {
		i.Low = betaQuantile(tail, a, b+1)
	}
	if k < n {
		i.High = betaQuantile(1-tail, a+1, b)
	}
	return i
}

// RuleOfThree returns the largest failure rate that n runs without a failure leave possible at a confidence conf:
// 1-(1-conf)^(1/n), which is close to 3/n at 0.95. Without runs it is 1.
func RuleOfThree(n int, conf float64) float64 {
	if n <= 0 || !validConfidence(conf) {
		return 1
	}
	return -math.Expm1(math.Log1p(-conf) / float64(n))
}

// RunsNeeded returns how many runs without a failure show, at a confidence conf, that a failure of rate p is gone:
// ln(1-conf)/ln(1-p), rounded up. It returns math.MaxInt if no number of runs can (p is not positive, or conf is not below 1)
// and 1 if p is 1 or more.
func RunsNeeded(p, conf float64) int {
	switch {
	case !(p > 0) || !validConfidence(conf):
		return math.MaxInt
	case p >= 1:
		return 1
	}
	n := math.Ceil(math.Log1p(-conf) / math.Log1p(-p))
	if n >= math.MaxInt {
		return math.MaxInt
	}
	return max(1, int(n))
}

// validConfidence reports whether a confidence lies strictly between 0 and 1.
func validConfidence(conf float64) bool { return conf > 0 && conf < 1 }
