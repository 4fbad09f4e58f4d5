package growth

import "math"

// A rival is another way to tell growth, as people use it.
type rival struct {
	name  string
	grows func(values []float64) bool
}

var rivals = []rival{{"Mann-Kendall", mannKendall}, {"least squares", leastSquares}, {"last > first + 10 %", tenPercent}}

// mannKendall is the trend test of H. B. Mann (1945) and M. G. Kendall, at 5 %.
func mannKendall(y []float64) bool {
	n, s := float64(len(y)), 0.0
	for i := range y {
		for j := range i {
			s += sign(y[i] - y[j])
		}
	}
	return s > 0 && (s-1)/math.Sqrt(n*(n-1)*(2*n+5)/18) > 1.96
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// leastSquares fits a line, and tests its slope at 5 % with the point of the normal distribution.
func leastSquares(y []float64) bool {
	n := float64(len(y))
	var mx, my, sxx, sxy float64
	for i, v := range y {
		mx += float64(i) / n
		my += v / n
	}
	for i, v := range y {
		sxx += (float64(i) - mx) * (float64(i) - mx)
		sxy += (float64(i) - mx) * (v - my)
	}
	slope, rest := sxy/sxx, 0.0
	for i, v := range y {
		e := v - my - slope*(float64(i)-mx)
		rest += e * e
	}
	return slope > 1.96*math.Sqrt(rest/(n-2)/sxx)
}

// tenPercent compares the ends.
func tenPercent(y []float64) bool { return y[len(y)-1] > 1.1*y[0] }
