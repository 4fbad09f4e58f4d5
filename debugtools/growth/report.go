package growth

import (
	"fmt"
	"math"
	"strconv"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// Verdict returns the gravest verdict of all metrics that the system tells: Grows, then Inconclusive, then Steady.
func (r *Report) Verdict() Verdict {
	worst := Steady
	for _, m := range r.Metrics {
		switch {
		case m.Trend.Verdict == Grows:
			return Grows
		case m.Trend.Verdict == Inconclusive && !m.unknown():
			worst = Inconclusive
		}
	}
	return worst
}

// unknown reports whether the system does not tell the metric.
func (m *Metric) unknown() bool { return len(m.Values) > 0 && math.IsNaN(m.Values[0]) }

// Findings returns a likely defect for each metric that grows and a note for each that nobody can tell of, in the order of finding.Sort.
func (r *Report) Findings() []finding.Finding {
	var all []finding.Finding
	for i := range r.Metrics {
		switch m := &r.Metrics[i]; m.Trend.Verdict {
		case Grows:
			all = append(all, r.grows(m))
		case Inconclusive:
			all = append(all, finding.Finding{Kind: "growth-unknown", Confidence: 1, Title: "whether " + m.Name + verb(m) + " is not known: " + m.why()})
		}
	}
	finding.Sort(all)
	return all
}

// verb is the verb of growing, as the name of the metric wants it.
func verb(m *Metric) string {
	if m.Name == "heap" {
		return " grows"
	}
	return " grow"
}

// why says why nobody can tell.
func (m *Metric) why() string {
	if m.unknown() {
		return "this system does not tell"
	}
	return m.Trend.Reason
}

// mostSites is how many places are named.
const mostSites = 3

// grows describes a metric that grows. The share of such findings that are right is 0.99 if it was confirmed: see VALIDATION.md.
func (r *Report) grows(m *Metric) finding.Finding {
	t := &m.Trend
	f := finding.Finding{Kind: "growth-" + m.Name, Certainty: finding.Likely, Confidence: 0.95, Weight: t.Rate,
		Title: fmt.Sprintf("%s%s by %s an iteration (95 %%: %s to %s)", m.Name, verb(m), m.amount(t.Rate), m.amount(t.Low), m.amount(t.High))}
	half := r.Iterations - r.Iterations/2
	f.Evidence = []string{fmt.Sprintf("it rose by %s in the last %d of %d iterations, where %s is called none", m.amount(t.Tail), half, r.Iterations, m.amount(m.Floor))}
	if r.Confirmed {
		f.Confidence = 0.99
		f.Evidence = append(f.Evidence, "it was run for as long again, and went on growing")
	}
	if m.Name == "heap" {
		for _, s := range r.Sites[:min(len(r.Sites), mostSites)] {
			f.Evidence = append(f.Evidence, fmt.Sprintf("%s in %d objects allocated by %s", m.amount(float64(s.Bytes)), s.Objects, s.Site))
		}
	}
	return f
}

// amount prints an amount of a metric with three digits and its unit.
func (m *Metric) amount(v float64) string {
	if m.Unit != "B" {
		return digits(v) + " " + m.Unit
	}
	for _, u := range []string{"B", "KiB", "MiB"} {
		if math.Abs(v) < 1024 {
			return digits(v) + " " + u
		}
		v /= 1024
	}
	return digits(v) + " GiB"
}

// digits prints a number with at most three significant digits, and all of those in front of the point.
func digits(v float64) string {
	if math.Abs(v) >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
