package growth

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestJudge(t *testing.T) {
	line := func(n int, slope float64) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = slope * float64(i)
		}
		return y
	}
	step := func(n, at int, height float64) []float64 {
		y := make([]float64, n)
		for i := at; i < n; i++ {
			y[i] = height
		}
		return y
	}
	curve := func(n int, f func(float64) float64) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = f(float64(i))
		}
		return y
	}
	for _, c := range []struct {
		name    string
		y       []float64
		floor   float64
		judge   Verdict
		confirm Verdict
	}{
		{"nothing", nil, 0, Inconclusive, Inconclusive},
		{"too few", line(MinSamples-1, 1e6), 0, Inconclusive, Inconclusive},
		{"a line", line(48, 1), 0, Grows, Grows},
		{"a line within the floor", line(48, 1), 22, Steady, Steady},
		{"a constant", line(300, 0), 0, Steady, Steady},
		{"falling", line(300, -1), 0, Steady, Steady},
		{"a late jump", step(300, 230, 1e6), 0, Steady, Steady}, // the slope of most pairs is 0
		{"an early jump", step(300, 100, 1e6), 0, Steady, Steady},
		{"levels off", curve(300, func(x float64) float64 { return 1e6 * (1 - math.Exp(-x/50)) }), 0, Steady, Steady},
		{"logarithm", curve(600, func(x float64) float64 { return 1e6 * math.Log(1+x) }), 0, Grows, Inconclusive},
		{"root", curve(600, func(x float64) float64 { return 1e6 * math.Sqrt(x) }), 0, Grows, Grows},
		{"square", curve(600, func(x float64) float64 { return x * x }), 0, Grows, Grows},
		{"NaN", append(line(300, 1), math.NaN()), 0, Inconclusive, Inconclusive},
		{"infinite", append(line(300, 1), math.Inf(1)), 0, Inconclusive, Inconclusive},
	} {
		if got := Judge(c.y, c.floor); got.Verdict != c.judge || got.Reason == "" {
			t.Errorf("Judge of %s: %+v, want %v", c.name, got, c.judge)
		}
		if got := Confirm(c.y, c.floor); got.Verdict != c.confirm || got.Reason == "" {
			t.Errorf("Confirm of %s: %+v, want %v", c.name, got, c.confirm)
		}
	}
}

// naiveTrend is the rule written again, as plainly as can be: the tail, its blocks, all slopes.
func naiveTrend(values []float64, floor float64) (v Verdict, rate, low float64) {
	n := len(values)
	if n < 24 {
		return Inconclusive, 0, 0
	}
	tail := values[n/2:]
	var m []float64
	for b := range 12 {
		least := math.Inf(1)
		for i := b * len(tail) / 12; i < (b+1)*len(tail)/12; i++ {
			least = math.Min(least, tail[i])
		}
		m = append(m, least)
	}
	var slopes []float64
	jump := 0.0
	for i := range m {
		for j := i + 1; j < len(m); j++ {
			slopes = append(slopes, (m[j]-m[i])/float64(j-i))
		}
		if i > 0 {
			jump = math.Max(jump, m[i]-m[i-1])
		}
	}
	slices.Sort(slopes) // 66 of them: the variance of Kendall's S is 12*11*29/18, so the bound has rank floor((66-1.96*14.58)/2) = 18
	total, late := m[11]-m[0], m[11]-m[7]
	rate, low = (slopes[32]+slopes[33])/2, slopes[18]
	k := 12 / float64(len(tail))
	switch {
	case total <= floor, late < total*4/11/2, low <= 0:
		return Steady, rate * k, low * k
	case jump > total/2:
		return Inconclusive, rate * k, low * k
	}
	return Grows, rate * k, low * k
}

// series draws a series of whole numbers, so that sums are exact: noise, steps and a slope.
func series(t *rapid.T) []float64 {
	n := rapid.IntRange(0, 200).Draw(t, "n")
	slope, noise := rapid.IntRange(-3, 5).Draw(t, "slope"), rapid.IntRange(0, 50).Draw(t, "noise")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
	y, level := make([]float64, n), 0
	for i := range y {
		if r.IntN(20) == 0 {
			level += r.IntN(60)
		}
		y[i] = float64(slope*i + level + r.IntN(noise+1))
	}
	return y
}

// TestJudgeAgainstReference compares the rule with one that is written plainly.
func TestJudgeAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, floor := series(t), float64(rapid.IntRange(0, 300).Draw(t, "floor"))
		got := Judge(y, floor)
		v, rate, low := naiveTrend(y, floor)
		if got.Verdict != v || math.Abs(got.Rate-rate) > 1e-9 || math.Abs(got.Low-low) > 1e-9 {
			t.Fatalf("%+v, the reference says %v, rate %v from %v", got, v, rate, low)
		}
	})
}

// TestJudgeProperties: what must hold whatever the series.
func TestJudgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, floor := series(t), float64(rapid.IntRange(0, 300).Draw(t, "floor"))
		got := Judge(y, floor)
		shifted, mirrored, padded := slices.Clone(y), slices.Clone(y), slices.Clone(y)
		for i := range y {
			shifted[i] += 1e6
			mirrored[i] = -y[i]
			if i < len(y)/2 {
				padded[i] = 1e9
			}
		}
		if v := Judge(shifted, floor); v != got {
			t.Fatalf("a constant changes the verdict: %+v, %+v", got, v)
		}
		if v := Judge(padded, floor); v != got {
			t.Fatalf("the first half changes the verdict: %+v, %+v", got, v)
		}
		if got.Verdict == Grows && Judge(mirrored, floor).Verdict == Grows {
			t.Fatal("it grows, and so does its mirror image")
		}
		if v := Judge(y, floor+100).Verdict; v == Grows && got.Verdict != Grows {
			t.Fatal("a higher floor makes it grow")
		}
		if got.Samples >= MinSamples && !(got.Low <= got.Rate && got.Rate <= got.High) {
			t.Fatalf("the rate is not in its interval: %+v", got)
		}
	})
}

// TestTheilSen compares with slopes that are found by hand.
func TestTheilSen(t *testing.T) {
	// y = 2x but for one outlier: of 45 slopes those of the outlier are off, the rank at (45-21.9)/2 = 11 is still 2.
	y := []float64{0, 2, 4, 6, 8, 100, 12, 14, 16, 18}
	if slope, low, high := theilSen(y); slope != 2 || low != 2 || high != 2 {
		t.Errorf("%v from %v to %v for a line with an outlier, want 2", slope, low, high)
	}
	if _, low, high := theilSen([]float64{1, 2}); !math.IsInf(low, -1) || !math.IsInf(high, 1) {
		t.Errorf("two points bound the slope by %v and %v", low, high)
	}
	if slope, _, _ := theilSen(nil); !math.IsNaN(slope) {
		t.Errorf("no points have the slope %v", slope)
	}
}
