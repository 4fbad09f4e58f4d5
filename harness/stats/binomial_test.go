package stats

import (
	"math"
	"testing"

	"github.com/aclements/go-moremath/mathx"
)

// near reports whether two numbers agree to a relative error.
func near(a, b, relative float64) bool {
	return math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b), 1e-12)
}

func TestClopperPearsonKnownValues(t *testing.T) {
	// The values are those of the closed forms at the ends, and of the tables of the binomial distribution in between.
	for _, c := range []struct {
		k, n      int
		conf      float64
		low, high float64
	}{
		{0, 10, 0.95, 0, 1 - math.Pow(0.025, 0.1)},
		{10, 10, 0.95, math.Pow(0.025, 0.1), 1},
		{1, 10, 0.95, 0.002528579, 0.445016117},
		{5, 10, 0.95, 0.187086028, 0.812913972},
		{1, 1, 0.95, 0.025, 1},
		{0, 1, 0.95, 0, 0.975},
		{5, 100, 0.99, 0.010940, 0.135145},
	} {
		got := ClopperPearson(c.k, c.n, c.conf)
		if !near(got.Low, c.low, 2e-3) || !near(got.High, c.high, 2e-3) {
			t.Errorf("ClopperPearson(%d, %d, %v) = %v, want %v %v", c.k, c.n, c.conf, got, c.low, c.high)
		}
	}
}

// upperTail is the chance of k or more failures in n runs of rate p, by adding up the binomial distribution.
func upperTail(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

func TestClopperPearsonAgainstTheDefinition(t *testing.T) {
	for _, n := range []int{1, 2, 7, 40, 300} {
		for k := 0; k <= n; k += max(1, n/9) {
			i := ClopperPearson(k, n, 0.95)
			if k > 0 && !near(upperTail(k, n, i.Low), 0.025, 1e-6) {
				t.Errorf("n=%d k=%d: chance of k or more at Low is %v, want 0.025", n, k, upperTail(k, n, i.Low))
			}
			if k < n && !near(1-upperTail(k+1, n, i.High), 0.025, 1e-6) {
				t.Errorf("n=%d k=%d: chance of k or fewer at High is %v, want 0.025", n, k, 1-upperTail(k+1, n, i.High))
			}
			if rate := float64(k) / float64(n); i.Low > rate || rate > i.High {
				t.Errorf("n=%d k=%d: %v does not hold the rate %v", n, k, i, rate)
			}
		}
	}
}

func TestBetaIncAgainstReference(t *testing.T) {
	for _, a := range []float64{0.5, 1, 2, 9, 100, 3000} {
		for _, b := range []float64{0.5, 1, 3, 50, 2000} {
			for x := 0.0; x <= 1; x += 0.0625 {
				if got, want := betaInc(x, a, b), mathx.BetaInc(x, a, b); !near(got, want, 1e-9) {
					t.Errorf("betaInc(%v, %v, %v) = %v, reference %v", x, a, b, got, want)
				}
			}
		}
	}
}

// TestManyRuns covers counts for which the reference gives up.
func TestManyRuns(t *testing.T) {
	const n = 10_000_000
	for _, k := range []int{1, 1000, n / 2, n - 1} {
		i, rate := ClopperPearson(k, n, 0.95), float64(k)/n
		if !(i.Low < rate && rate < i.High) {
			t.Errorf("k=%d: %v does not hold %v", k, i, rate)
		}
		normal := 1.96 * math.Sqrt(rate*(1-rate)/n)
		if k >= 1000 && k <= n/2 && !near(i.High-i.Low, 2*normal, 0.05) {
			t.Errorf("k=%d: width %v, normal approximation %v", k, i.High-i.Low, 2*normal)
		}
	}
}

func TestBadArgumentsSayNothing(t *testing.T) {
	for _, c := range []struct {
		k, n int
		conf float64
	}{{0, 0, 0.95}, {1, 0, 0.95}, {-1, 5, 0.95}, {6, 5, 0.95}, {1, 5, 0}, {1, 5, 1}, {1, 5, math.NaN()}, {1, -5, 0.9}} {
		if got := ClopperPearson(c.k, c.n, c.conf); got != (Interval{0, 1}) {
			t.Errorf("ClopperPearson%v = %v", c, got)
		}
	}
}

func TestRuleOfThree(t *testing.T) {
	if got := RuleOfThree(1000, 0.95); !near(got, 3.0/1000, 0.01) {
		t.Errorf("1000 clean runs bound the rate by %v", got)
	}
	if got := RuleOfThree(100, 0.95); !near(math.Pow(1-got, 100), 0.05, 1e-9) {
		t.Errorf("chance of 100 clean runs at %v is not 0.05", got)
	}
	if RuleOfThree(0, 0.95) != 1 || RuleOfThree(-1, 0.95) != 1 || RuleOfThree(5, 2) != 1 {
		t.Error("nothing ran, but a bound was claimed")
	}
}

func TestRunsNeeded(t *testing.T) {
	for _, c := range []struct {
		p, conf float64
		want    int
	}{{0.001, 0.95, 2995}, {7.8e-4, 0.95, 3840}, {0.5, 0.95, 5}, {1, 0.95, 1}, {2, 0.95, 1},
		{0, 0.95, math.MaxInt}, {-1, 0.95, math.MaxInt}, {0.1, 1, math.MaxInt}, {math.NaN(), 0.95, math.MaxInt}, {1e-300, 0.95, math.MaxInt}} {
		if got := RunsNeeded(c.p, c.conf); got != c.want {
			t.Errorf("RunsNeeded(%v, %v) = %d, want %d", c.p, c.conf, got, c.want)
		}
	}
}

// TestRunsNeededInvertsRuleOfThree checks the two formulas against each other.
func TestRunsNeededInvertsRuleOfThree(t *testing.T) {
	for _, n := range []int{1, 2, 10, 999, 100_000} {
		if got := RunsNeeded(RuleOfThree(n, 0.95)*(1+1e-9), 0.95); got != n {
			t.Errorf("a rate that %d clean runs exclude needs %d runs", n, got)
		}
	}
}

func FuzzClopperPearson(f *testing.F) {
	f.Add(0, 10, 0.95)
	f.Add(3, 1000, 0.99)
	f.Add(-1, 0, 0.0)
	f.Fuzz(func(t *testing.T, k, n int, conf float64) {
		n %= 100_000
		i := ClopperPearson(k, n, conf)
		if !(0 <= i.Low && i.Low <= i.High && i.High <= 1) {
			t.Fatalf("ClopperPearson(%d, %d, %v) = %v", k, n, conf, i)
		}
		if n > 0 && k >= 0 && k <= n {
			if rate := float64(k) / float64(n); rate < i.Low-1e-9 || rate > i.High+1e-9 {
				t.Fatalf("%v does not hold %v", i, rate)
			}
		}
	})
}
