package stats

import "math"

// betaQuantile returns the x with I_x(a, b) = p, by bisection: I is monotone in x, so 200 halvings reach the last bit.
func betaQuantile(p, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 200 {
		mid := low + (high-low)/2
		if mid == low || mid == high {
			break
		}
		if betaInc(mid, a, b) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}

// betaInc returns the regularized incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1, by the continued fraction of
// NIST DLMF 8.17.22, evaluated after W. J. Lentz, Applied Optics 15, 1976. It needs O(sqrt(max(a, b))) terms.
//
// mathx.BetaInc of go-moremath stops after 200 terms with a panic, which a million runs reach; the tests compare the two.
func betaInc(x, a, b float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x >= (a+1)/(a+b+2) {
		return 1 - betaInc1(1-x, b, a)
	}
	return betaInc1(x, a, b)
}

// betaInc1 is betaInc on the side where the fraction converges quickly.
func betaInc1(x, a, b float64) float64 {
	ga, _ := math.Lgamma(a)
	gb, _ := math.Lgamma(b)
	gab, _ := math.Lgamma(a + b)
	front := math.Exp(gab - ga - gb + a*math.Log(x) + b*math.Log1p(-x))
	return min(1, front*betaFraction(x, a, b)/a)
}

// betaFraction evaluates the continued fraction of I_x(a, b).
func betaFraction(x, a, b float64) float64 {
	const tiny, epsilon = 1e-300, 1e-15
	nonzero := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	terms := 500 + int(20*math.Sqrt(max(a, b)))
	c, d := 1.0, 1/nonzero(1-(a+b)*x/(a+1))
	h := d
	for i := 1; i <= terms; i++ {
		m := float64(i)
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		change := 1.0
		for _, numerator := range [2]float64{even, odd} {
			d = 1 / nonzero(1+numerator*d)
			c = nonzero(1 + numerator/c)
			change = c * d
			h *= change
		}
		if math.Abs(change-1) < epsilon {
			break
		}
	}
	return h
}
