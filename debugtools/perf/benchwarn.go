package perf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// machineWarnings says where results of both sides come from unlike machines, or those of one side from several.
func machineWarnings(a, b *benchmarks) []string {
	var list []string
	for _, key := range machineKeys {
		old, new := valuesOf(a, key), valuesOf(b, key)
		switch {
		case old != new:
			list = append(list, fmt.Sprintf("%s differs (%s, then %s): differences may come from the machines", key, orUnknown(old), orUnknown(new)))
		case strings.Contains(old, " | "):
			list = append(list, fmt.Sprintf("%s is not the same in all runs (%s)", key, old))
		}
	}
	return list
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// valuesOf returns the values of a line of configuration.
func valuesOf(b *benchmarks, key string) string {
	return strings.Join(slices.Sorted(maps.Keys(b.config[key])), " | ")
}

// gomaxprocsWarning says if benchmarks have no partner because they ran with another GOMAXPROCS, which is the end of their name.
func gomaxprocsWarning(c *Comparison) []string {
	for _, old := range c.OnlyOld {
		for _, new := range c.OnlyNew {
			if a, b := withoutProcs(old), withoutProcs(new); a == b {
				return []string{fmt.Sprintf("%s and %s differ in GOMAXPROCS only: run both with one -cpu", old, new)}
			}
		}
	}
	return nil
}

// withoutProcs cuts -8 from the name of a benchmark.
func withoutProcs(name string) string {
	i := strings.LastIndexByte(name, '-')
	if i < 0 || strings.Trim(name[i+1:], "0123456789") != "" {
		return name
	}
	return name[:i]
}

// runWarnings says if there are too few runs.
func runWarnings(c *Comparison) []string {
	fewest := 0
	for i, row := range c.Rows {
		if n := min(row.Old.N, row.New.N); i == 0 || n < fewest {
			fewest = n
		}
	}
	switch {
	case len(c.Rows) == 0:
		return []string{"the two have no benchmark in common"}
	case fewest < 4:
		return []string{fmt.Sprintf("%d runs are too few to find any difference: use -count=%d", fewest, benchRunsGood)}
	case fewest < benchRuns:
		return []string{fmt.Sprintf("%d runs are too few for an interval of 95 %%: use -count=%d", fewest, benchRunsGood)}
	}
	return nil
}

// bimodal reports whether a sorted sample falls into two groups, and their means. It does if the widest gap with a quarter of the values on either side is
// wider than both groups by a factor, and 5 % of the median. Of 20 000 samples of a normal distribution, 0.7 % do with 10 values, 0.1 % with 12, fewer with
// more; of a log-normal one (sigma 0.5) 1.9 %, 0.4 % and fewer. Two normal groups 8 sigma apart are found in 79 % of samples of 10.
func bimodal(sorted []float64) (low, high float64, ok bool) {
	n := len(sorted)
	if n < 10 {
		return 0, 0, false
	}
	factor := 1.5
	if n >= 20 {
		factor = 0.75
	}
	at, gap := 0, 0.0
	for i := n / 4; i <= n-n/4; i++ {
		if d := sorted[i] - sorted[i-1]; d > gap {
			at, gap = i, d
		}
	}
	width := max(sorted[max(at-1, 0)]-sorted[0], sorted[n-1]-sorted[at])
	if at == 0 || gap <= factor*width || gap <= 0.05*sorted[n/2] {
		return 0, 0, false
	}
	return mean(sorted[:at]), mean(sorted[at:]), true
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
