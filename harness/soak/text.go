package soak

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

// words are those of the verdicts, as wide as one another with the blanks behind them.
var words = map[report.Status]string{report.Held: "ok      ", report.Violated: "FAIL    ", report.Inconclusive: "????    "}

// Text returns the report for people.
func (r *Report) Text() string {
	var b strings.Builder
	r.header(&b)
	for _, t := range r.Targets {
		t.text(&b)
	}
	for i := range r.Failures {
		r.Failures[i].text(&b)
	}
	r.growthTable(&b)
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "skipped    %s: %s\n", s.Pair, s.Reason)
	}
	for _, s := range r.NotProved {
		fmt.Fprintf(&b, "not proved: %s\n", s)
	}
	return b.String()
}

// header writes what was run and what it took.
func (r *Report) header(b *strings.Builder) {
	s := r.Budget
	fmt.Fprintf(b, "soak   %s   seed %s   %s\n\n", report.Plural(int64(len(r.Targets)), "target"), r.Seed, r.Machine)
	fmt.Fprintf(b, "verdict    %s\n", r.Status)
	fmt.Fprintf(b, "ended      %s\n", r.Stopped)
	fmt.Fprintf(b, "time       %s", report.Elapsed(s.Time))
	if s.For > 0 {
		fmt.Fprintf(b, " of %s", report.Budget(s.For))
	}
	fmt.Fprintf(b, "\nrounds     %s", report.Count(int64(s.Done)))
	if s.Rounds > 0 {
		fmt.Fprintf(b, " of %s", report.Count(int64(s.Rounds)))
	}
	if s.RoundFor > 0 {
		fmt.Fprintf(b, ", %s each", report.Elapsed(s.RoundFor))
	}
	fmt.Fprintf(b, "\nprocesses  %d", s.Processes)
	if s.Deaths > 0 {
		fmt.Fprintf(b, ", %d of which died", s.Deaths)
	}
	b.WriteString("\n\n")
}

// text writes a target, a line an engine.
func (t *TargetReport) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s%s", words[t.Status], t.Target)
	if t.Reason != "" {
		fmt.Fprintf(b, "   %s", t.Reason)
	}
	b.WriteByte('\n')
	for _, e := range t.Engines {
		fmt.Fprintf(b, "        %s%-7s %12s %18s %15s", words[e.Status], e.Engine, report.Plural(int64(e.Rounds), "round"),
			report.Plural(e.Histories, "history"), report.Count(e.Operations)+" ops")
		if e.Schedules > 0 {
			fmt.Fprintf(b, "   %s", report.Plural(e.Schedules, "schedule"))
		}
		if e.Open > 0 {
			fmt.Fprintf(b, "   %s open at once", report.Number(e.Open))
		}
		if e.Violated+e.Inconclusive > 0 {
			fmt.Fprintf(b, "   rounds: %d held, %d violated, %d inconclusive", e.Held, e.Violated, e.Inconclusive)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
}

// text writes a failure.
func (f *FailureReport) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s%s: %s: %s\n", words[f.Status], f.Pair, f.Kind, f.Message)
	fmt.Fprintf(b, "  rate      %s of %s (95 %%: %s to %s); seen in %s, %s kept\n", report.Count(f.Rate.Failed),
		report.Plural(f.Rate.Runs, f.Rate.Unit), report.Percent(f.Rate.Low), report.Percent(f.Rate.High),
		report.Plural(int64(f.Rounds), "round"), report.Plural(int64(f.Examples), "example"))
	for _, e := range []struct {
		name string
		x    *Example
	}{{"first", f.First}, {"fastest", f.Fastest}, {"smallest", f.Smallest}} {
		fmt.Fprintf(b, "  %-9s %s\n", e.name, e.x.line())
	}
	for l := range strings.Lines(f.Smallest.describe()) {
		b.WriteString("    " + l)
	}
	if f.Case != "" {
		fmt.Fprintf(b, "  saved     %s\n  replay    harness repro %s\n", f.Case, f.Case)
	}
	b.WriteByte('\n')
}

// line describes an example in a line.
func (x *Example) line() string {
	s := fmt.Sprintf("round %d, seed %s, after %s", x.Round, x.Seed, report.Elapsed(x.After))
	if x.Steps > 0 {
		s += fmt.Sprintf(", %s of %s", report.Plural(int64(x.Steps), "operation"), report.Plural(int64(x.Clients), "client"))
	}
	if x.Replays > 0 {
		s += fmt.Sprintf(", replayed %d of %d", x.Reproduced, x.Replays)
	}
	return s
}

// growthTable writes what grew.
func (r *Report) growthTable(b *strings.Builder) {
	width := len("all targets")
	for _, g := range r.Growth {
		width = max(width, len(g.Target))
	}
	fmt.Fprintf(b, "        %-*s  %-10s %8s %12s %12s %12s\n", width, "growth", "", "samples", "total", "second half", "floor")
	for _, g := range r.Growth {
		name := g.Target
		if name == "" {
			name = "all targets"
		}
		fmt.Fprintf(b, "%s%-*s  %-10s %8d %12s %12s %12s  %s\n", words[g.Status], width, name, g.Metric, g.Samples, g.amount(g.Total),
			g.amount(g.Tail), g.amount(g.Floor), g.Reason)
	}
	b.WriteByte('\n')
}

// amount prints an amount of the metric.
func (g *GrowthReport) amount(n int64) string {
	switch {
	case g.Metric != "heap":
		return report.Count(n)
	case n > -1000 && n < 1000:
		return report.Count(n) + " B"
	}
	return report.Number(float64(n)) + "B"
}

// describe says in a line how a metric grew.
func (g *GrowthReport) describe() string {
	return fmt.Sprintf("%s grew by %s in %s, by %s of these in the second half, where at most %s is allowed", g.Metric, g.amount(g.Total),
		report.Plural(int64(g.Samples), "round"), g.amount(g.Tail), g.amount(g.Floor))
}
