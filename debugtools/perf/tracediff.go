package perf

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// A TraceDiff is what changed between two traces. Traces differ in length, so that times are compared as averages: how many goroutines ran, were ready or
// were blocked at a time.
type TraceDiff struct {
	Old, New *Trace `json:"-"`
	// Rows are the averages, in a fixed order.
	Rows []AverageRow `json:"rows"`
	// Appeared and Gone are findings of the second trace that the first has not, and the other way round, told apart by kind. A trace is one run: only what is
	// seen in several is a change.
	Appeared []finding.Finding `json:"-"`
	Gone     []finding.Finding `json:"-"`
}

// An AverageRow is one average in two traces.
type AverageRow struct {
	Name string  `json:"name"`
	Old  float64 `json:"old"`
	New  float64 `json:"new"`
}

// DiffTraces compares two traces.
func DiffTraces(old, new *Trace) *TraceDiff {
	d := &TraceDiff{Old: old, New: new}
	row := func(name string, of func(t *Trace) time.Duration) {
		if r := (AverageRow{name, old.average(of(old)), new.average(of(new))}); r.Old > 0 || r.New > 0 {
			d.Rows = append(d.Rows, r)
		}
	}
	row("processors used", func(t *Trace) time.Duration { return t.Use.Running })
	row("all processors busy", func(t *Trace) time.Duration { return t.Use.Full })
	row("running", func(t *Trace) time.Duration { return t.Times.Running })
	row("waiting for a processor", func(t *Trace) time.Duration { return t.Times.Runnable })
	row("in system calls", func(t *Trace) time.Duration { return t.Times.Syscall })
	for k := range Kinds {
		row("blocked: "+k.String(), func(t *Trace) time.Duration { return t.Times.Blocked[k] })
	}
	row("collector", func(t *Trace) time.Duration { return t.GC.Work + t.GC.Assist })
	row("world stopped", func(t *Trace) time.Duration { sum, _ := t.GC.Stopped(); return sum })
	before, after := old.Findings(), new.Findings()
	d.Appeared, d.Gone = lacking(after, before), lacking(before, after)
	return d
}

// lacking returns the findings above Note of whose kind others have none.
func lacking(all, others []finding.Finding) []finding.Finding {
	var list []finding.Finding
	have := map[string]bool{}
	for _, f := range others {
		have[f.Kind] = true
	}
	for _, f := range all {
		if f.Certainty > finding.Note && !have[f.Kind] {
			list = append(list, f)
		}
	}
	return list
}

// WriteText writes a difference for people. It returns the first error of w.
func (d *TraceDiff) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "difference of two traces: %s, then %s\n\n", short(d.Old.Duration), short(d.New.Duration))
	for _, part := range []struct {
		title string
		list  []finding.Finding
	}{{"in the second only:", d.Appeared}, {"in the first only:", d.Gone}} {
		if len(part.list) > 0 {
			fmt.Fprintf(b, "%s\n\n", part.title)
			finding.Write(b, part.list)
		}
	}
	fmt.Fprintf(b, "%8s %8s  goroutines on average\n", "old", "new")
	for _, row := range d.Rows {
		fmt.Fprintf(b, "%8s %8s  %s\n", digits(row.Old), digits(row.New), row.Name)
	}
	return b.Flush()
}
