package perf

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"golang.org/x/perf/benchunit"
)

// WriteText writes a comparison for people: a table for each unit, "~" where nothing is significant, the geometric means, then warnings. It returns the
// first error of w.
func (c *Comparison) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	width := len("geomean")
	for _, row := range c.Rows {
		width = max(width, len([]rune(row.Name)))
	}
	unit := ""
	for i, row := range c.Rows {
		if row.Unit != unit {
			unit = row.Unit
			fmt.Fprintf(b, "%-*s  %18s  %18s  %9s\n", width, unit, "old", "new", "change")
		}
		fmt.Fprintf(b, "%-*s  %18s  %18s  %9s  %s\n", width, row.Name, row.Old.text(unit), row.New.text(unit), row.change(), row.test())
		for _, warning := range row.Warnings {
			fmt.Fprintf(b, "%-*s    %s\n", width, "", warning)
		}
		if i+1 == len(c.Rows) || c.Rows[i+1].Unit != unit {
			c.writeGeomean(b, unit, width)
		}
	}
	c.writeWarnings(b)
	return b.Flush()
}

// writeGeomean ends the table of a unit.
func (c *Comparison) writeGeomean(w io.Writer, unit string, width int) {
	for _, g := range c.Geomeans {
		if g.Unit == unit && g.Rows > 1 {
			fmt.Fprintf(w, "%-*s  %18s  %18s  %9s  of %d\n", width, "geomean", "", "", change(g.Ratio-1), g.Rows)
		}
	}
	fmt.Fprintln(w)
}

// writeWarnings writes what may be wrong with the numbers.
func (c *Comparison) writeWarnings(w io.Writer) {
	for _, side := range []struct {
		names []string
		what  string
	}{{c.OnlyOld, "old"}, {c.OnlyNew, "new"}} {
		if len(side.names) > 0 {
			fmt.Fprintf(w, "only %s: %s\n", side.what, strings.Join(side.names, ", "))
		}
	}
	for _, warning := range c.Warnings {
		fmt.Fprintf(w, "warning: %s\n", warning)
	}
}

// text formats a median with its interval.
func (m *Measure) text(unit string) string { return scaled(m.Center, unit) + " ±" + m.Range }

// change formats the difference, or "~".
func (r *BenchRow) change() string {
	switch {
	case !r.Significant:
		return "~"
	case r.Old.Center == 0:
		return "?"
	}
	return change(r.Delta)
}

// change formats a relative difference with a sign.
func change(d float64) string { return fmt.Sprintf("%+.1f %%", 100*d) }

// test formats the test behind a row.
func (r *BenchRow) test() string {
	s := fmt.Sprintf("p=%.3f n=%d+%d", r.P, r.Old.N, r.New.N)
	if r.Significant && !r.Confirmed {
		s += " (not after correction for many rows)"
	}
	return s
}

// scaled formats a value in its unit, with a prefix.
func scaled(v float64, unit string) string {
	unit, per, _ := strings.Cut(unit, "/")
	if unit == "sec" {
		unit = "s"
	}
	if per == "s" {
		unit += "/s"
	}
	if unit == "allocs" {
		unit = ""
	}
	return strings.TrimSpace(benchunit.Scale(v, benchunit.ClassOf(unit)) + unit)
}
