package perf

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// short formats a duration with three significant digits.
func short(d time.Duration) string {
	units := []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}}
	for _, u := range units {
		if d >= u.size {
			return digits(float64(d)/float64(u.size)) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + " ns"
}

// digits formats a number with three significant digits, and never in exponents.
func digits(x float64) string {
	switch {
	case x >= 99.95 || x == 0:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.995:
		return trimZeros(strconv.FormatFloat(x, 'f', 1, 64))
	default:
		return trimZeros(strconv.FormatFloat(x, 'f', 2, 64))
	}
}

// trimZeros drops what says nothing behind the point.
func trimZeros(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

// percent formats a share: "0.4 %", "7 %", "100 %".
func percent(x float64) string {
	if x > 0 && x < 0.01 {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// plural returns a count with its noun: "1 goroutine", "2 goroutines".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// large formats a number that may be large with three significant digits: "812", "12.3 thousand", "1.75 million".
func large(x float64) string {
	switch {
	case x >= 1e6:
		return digits(x/1e6) + " million"
	case x >= 1e4:
		return digits(x/1e3) + " thousand"
	}
	return digits(x)
}
