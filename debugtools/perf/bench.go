package perf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
)

// ErrNoBenchmarks is wrapped by the error of results that hold no line of a benchmark.
var ErrNoBenchmarks = errors.New("no results of benchmarks")

const (
	benchConfidence = 0.95
	// benchRuns is from how many runs on a median has an interval of 95 % at all; with ten, a difference is found that only nine of ten runs show.
	benchRuns, benchRunsGood = 6, 10
)

// A Comparison is what two sets of results of benchmarks say about each other.
type Comparison struct {
	Rows []BenchRow `json:"rows"` // by unit, as they came, then by name
	// Geomeans is the geometric mean of new/old over the rows of each unit in which it can be taken.
	Geomeans []Geomean `json:"geomeans"`
	// OnlyOld and OnlyNew are benchmarks without a partner.
	OnlyOld []string `json:"only_old,omitempty"`
	OnlyNew []string `json:"only_new,omitempty"`
	// Warnings say why the numbers may not be comparable.
	Warnings []string `json:"warnings,omitempty"`
}

// A BenchRow compares one benchmark in one unit.
type BenchRow struct {
	Name string  `json:"name"`
	Unit string  `json:"unit"` // tidy: sec/op, B/op, B/s, allocs/op
	Old  Measure `json:"old"`
	New  Measure `json:"new"`
	// Delta is new/old - 1. It is meant only if Significant.
	Delta float64 `json:"delta"`
	// P is the probability of so large a difference if there is none (Mann-Whitney U). Significant is P < 0.05.
	P           float64 `json:"p"`
	Significant bool    `json:"significant"`
	// Confirmed is Significant after Holm's correction for the number of rows: of many benchmarks without any change, one in twenty is significant.
	Confirmed bool `json:"confirmed"`
	// Worse and Better say what the difference means: for time, less is better; for throughput, more. Neither is set if it is not significant.
	Worse    bool     `json:"worse"`
	Better   bool     `json:"better"`
	Warnings []string `json:"warnings,omitempty"`
}

// A Measure is the median of the runs of a benchmark and its interval of 95 % confidence, which is infinite with fewer than 6 runs.
type Measure struct {
	Center float64 `json:"center"`
	Lo     float64 `json:"-"`
	Hi     float64 `json:"-"`
	Range  string  `json:"range"` // as a percentage of the median
	N      int     `json:"n"`
}

// A Geomean is the geometric mean of the ratios new/old of a unit.
type Geomean struct {
	Unit  string  `json:"unit"`
	Ratio float64 `json:"ratio"`
	Rows  int     `json:"rows"`
}

// CompareBenchmarks compares two outputs of go test -bench, each of several runs (-count=10). It makes no assumption about how the numbers are
// distributed. The statistics are those of golang.org/x/perf/benchmath: medians, and the test of Mann and Whitney (Ann. Math. Stat. 18, 1947); the
// correction for many comparisons is that of Holm (Scand. J. Stat. 6, 1979). It wraps [ErrNoBenchmarks] if one of them holds none.
func CompareBenchmarks(old, new io.Reader) (*Comparison, error) {
	a, err := readBenchmarks(old, "old results")
	if err != nil {
		return nil, err
	}
	b, err := readBenchmarks(new, "new results")
	if err != nil {
		return nil, err
	}
	c := &Comparison{}
	for _, key := range a.order {
		if b.samples[key] != nil {
			c.Rows = append(c.Rows, compareSamples(key, a, b))
		}
	}
	c.sortRows(a)
	c.confirm()
	c.geomeans(a)
	c.OnlyOld, c.OnlyNew = a.without(b), b.without(a)
	c.Warnings = slices.Concat(machineWarnings(a, b), gomaxprocsWarning(c), runWarnings(c))
	return c, nil
}

// A benchKey names what is measured.
type benchKey struct{ name, unit string }

// benchmarks are results of one side.
type benchmarks struct {
	samples map[benchKey]*benchmath.Sample
	order   []benchKey
	units   []string // in the order in which they appear
	meta    benchfmt.UnitMetadataMap
	config  map[string]map[string]bool // values of goos, goarch, cpu
}

// machineKeys are the lines of configuration that make two machines unlike.
var machineKeys = []string{"goos", "goarch", "cpu"}

// readBenchmarks reads one side.
func readBenchmarks(r io.Reader, what string) (*benchmarks, error) {
	b := &benchmarks{samples: map[benchKey]*benchmath.Sample{}, config: map[string]map[string]bool{}}
	var parser benchproc.ProjectionParser
	projection, err := parser.Parse("pkg,.fullname", nil)
	if err != nil {
		return nil, err
	}
	values := map[benchKey][]float64{}
	reader := benchfmt.NewReader(r, what)
	for reader.Scan() {
		if res, ok := reader.Result().(*benchfmt.Result); ok {
			b.note(res, projection.Project(res), projection, values)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%w in the %s", ErrNoBenchmarks, what)
	}
	for key, v := range values {
		b.samples[key] = benchmath.NewSample(v, &benchmath.DefaultThresholds)
	}
	b.meta = reader.Units()
	return b, nil
}

// note notes one line of results.
func (b *benchmarks) note(res *benchfmt.Result, row benchproc.Key, p *benchproc.Projection, values map[benchKey][]float64) {
	fields := p.Fields()
	name := row.Get(fields[1])
	if pkg := row.Get(fields[0]); pkg != "" {
		name = pkg + "." + name
	}
	for _, v := range res.Values {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			continue
		}
		key := benchKey{name, v.Unit}
		if values[key] == nil {
			b.order = append(b.order, key)
		}
		if !slices.Contains(b.units, v.Unit) {
			b.units = append(b.units, v.Unit)
		}
		values[key] = append(values[key], v.Value)
	}
	for _, k := range machineKeys {
		if v := res.GetConfig(k); v != "" {
			if b.config[k] == nil {
				b.config[k] = map[string]bool{}
			}
			b.config[k][v] = true
		}
	}
}

// without returns the names that another side lacks, sorted.
func (b *benchmarks) without(other *benchmarks) []string {
	names := map[string]bool{}
	for key := range b.samples {
		if other.samples[key] == nil {
			names[key.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// better returns +1 if more of a unit is better, and -1 if less is. What the results themselves say counts first.
func (b *benchmarks) better(unit string) int {
	if d := b.meta.GetBetter(unit); d != 0 {
		return d
	}
	if strings.HasSuffix(unit, "/s") {
		return 1
	}
	return -1
}

// compareSamples compares one benchmark in one unit.
func compareSamples(key benchKey, a, b *benchmarks) BenchRow {
	old, new := a.samples[key], b.samples[key]
	row := BenchRow{Name: key.name, Unit: key.unit, Old: measure(old), New: measure(new)}
	test := benchmath.AssumeNothing.Compare(old, new)
	row.P = test.P
	row.Significant = test.P < test.Alpha && row.Old.Center != row.New.Center
	if row.Old.Center != 0 {
		row.Delta = finite(row.New.Center/row.Old.Center - 1)
	} else if row.New.Center != 0 {
		row.Warnings = append(row.Warnings, "the old median is 0, so that there is no ratio")
	}
	if row.Significant {
		row.Better = (row.New.Center > row.Old.Center) == (b.better(key.unit) > 0)
		row.Worse = !row.Better
	}
	for side, s := range map[string]*benchmath.Sample{"old": old, "new": new} {
		if low, high, ok := bimodal(s.Values); ok {
			row.Warnings = append(row.Warnings, fmt.Sprintf("the %s runs fall into two groups, around %s and %s: something switches between two states",
				side, scaled(low, key.unit), scaled(high, key.unit)))
		}
	}
	slices.Sort(row.Warnings)
	return row
}

// finite keeps ratios of absurd numbers within what JSON can hold.
func finite(x float64) float64 { return max(-math.MaxFloat64, min(x, math.MaxFloat64)) }

// measure sums up a sample.
func measure(s *benchmath.Sample) Measure {
	sum := benchmath.AssumeNothing.Summary(s, benchConfidence)
	return Measure{Center: sum.Center, Lo: sum.Lo, Hi: sum.Hi, Range: sum.PctRangeString(), N: len(s.Values)}
}

// sortRows sorts by unit, in the order in which units appear, then by name.
func (c *Comparison) sortRows(a *benchmarks) {
	slices.SortStableFunc(c.Rows, func(x, y BenchRow) int {
		return cmp.Or(cmp.Compare(slices.Index(a.units, x.Unit), slices.Index(a.units, y.Unit)), cmp.Compare(x.Name, y.Name))
	})
}

// confirm marks the rows whose differences stand after Holm's correction: the i-th smallest of n probabilities must be below 0.05/(n-i).
func (c *Comparison) confirm() {
	byP := make([]*BenchRow, len(c.Rows))
	for i := range c.Rows {
		byP[i] = &c.Rows[i]
	}
	slices.SortStableFunc(byP, func(x, y *BenchRow) int { return cmp.Compare(x.P, y.P) })
	for i, row := range byP {
		if row.P >= benchmath.DefaultThresholds.CompareAlpha/float64(len(byP)-i) {
			return
		}
		row.Confirmed = row.Significant
	}
}

// geomeans takes the geometric means of the ratios of each unit.
func (c *Comparison) geomeans(a *benchmarks) {
	for _, unit := range a.units {
		sum, n := 0.0, 0
		for _, row := range c.Rows {
			if row.Unit == unit && row.Old.Center > 0 && row.New.Center > 0 {
				sum += math.Log(row.New.Center / row.Old.Center)
				n++
			}
		}
		if n > 0 {
			c.Geomeans = append(c.Geomeans, Geomean{unit, finite(math.Exp(sum / float64(n))), n})
		}
	}
}

// Slower returns the rows that are worse by more than a share (0.05 is 5 %), confirmed, and whether anything could have been confirmed at all: with too few
// runs, or nothing in common, no difference however large is found, and an empty list is no good news.
func (c *Comparison) Slower(limit float64) (rows []BenchRow, conclusive bool) {
	conclusive = len(c.Rows) > 0
	for _, row := range c.Rows {
		if row.Worse && row.Confirmed && (math.Abs(row.Delta) > limit || row.Old.Center == 0) {
			rows = append(rows, row)
		}
		if smallestP(row.Old.N, row.New.N)*float64(len(c.Rows)) >= benchmath.DefaultThresholds.CompareAlpha {
			conclusive = false
		}
	}
	return rows, conclusive
}

// smallestP returns the smallest probability that the test of Mann and Whitney can give: both samples apart, one of (n+m choose n) orders, on two sides.
func smallestP(n, m int) float64 {
	p := 2.0
	for i := 1; i <= n; i++ {
		p *= float64(i) / float64(m+i)
	}
	return min(p, 1)
}
