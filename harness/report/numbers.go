package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Count returns an exact number with its digits in groups of three: "1 104 000".
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Number returns a number with three significant digits and no spurious ones: "4.8", "0.0714", "12.3 k", "1.1 M". Below a millionth
// it is written with an exponent. NaN and infinities are "?".
func Number(f float64) string {
	switch a := math.Abs(f); {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return "?"
	case a >= 1e15:
		return strconv.FormatFloat(f, 'g', 3, 64)
	case a < 999.5:
		return digits3(f)
	}
	for _, unit := range []string{"k", "M", "G"} {
		if f /= 1000; math.Abs(f) < 999.5 {
			return digits3(f) + " " + unit
		}
	}
	return digits3(f/1000) + " T"
}

// digits3 returns a number below 1000 with three significant digits, without zeros at its end.
func digits3(f float64) string {
	switch {
	case f == 0:
		return "0" // and not -0
	case math.Abs(f) < 1e-6:
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 2, 64), 64)
	if err != nil {
		return "?"
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// Percent returns a fraction in percent: "37 %", "0.07 %".
func Percent(fraction float64) string {
	if math.IsNaN(fraction) || math.IsInf(fraction, 0) {
		return "?"
	}
	return digits3(100*fraction) + " %"
}

// Elapsed returns a measured duration as people say it: "350µs", "3.2ms", "0.02s", "9.8s", "12m05s", "2h03m".
func Elapsed(d time.Duration) string {
	switch s := d.Seconds(); {
	case d < 0:
		return "-" + Elapsed(-max(d, -math.MaxInt64))
	case d < time.Microsecond:
		return fmt.Sprintf("%dns", d)
	case d < time.Millisecond:
		return digits3(float64(d)/1e3) + "µs"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d)/1e6)
	case d < 95*time.Millisecond:
		return fmt.Sprintf("%.2fs", s)
	case d < 99950*time.Millisecond:
		return fmt.Sprintf("%.1fs", s)
	}
	m := d.Round(time.Second)
	if m < time.Hour {
		return fmt.Sprintf("%dm%02ds", int(m.Minutes()), int(m.Seconds())%60)
	}
	m = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", int(m.Hours()), int(m.Minutes())%60)
}

// Budget returns a chosen duration exactly and without zero units: "30s", "5m", "1h30m".
func Budget(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Plural returns a count and a noun that agrees with it: "1 target", "5 targets", "3 properties".
func Plural(n int64, noun string) string { return Count(n) + " " + plural(n, noun) }

// plural returns the noun alone.
func plural(n int64, noun string) string {
	stem, y := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
		return noun
	case y:
		return stem + "ies"
	}
	return noun + "s"
}
