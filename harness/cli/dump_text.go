package cli

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// Limits on what is shown without --all.
const (
	mostGroups   = 20
	mostFindings = 20
	mostEvidence = 8
	mostChanges  = 10
	mostNumbers  = 8
)

// takenBy says how a dump of each form was made.
var takenBy = map[dump.Form]string{
	dump.FormStack: "runtime.Stack or pprof debug=2", dump.FormPanic: "a crash", dump.FormQuit: "SIGQUIT", dump.FormCounts: "pprof debug=1",
	dump.FormProto: "pprof debug=0", dump.FormRace: "the race detector", dump.FormLive: "reading the memory of the process",
}

// headline says what was read.
func (r *reading) headline() string {
	d := r.last()
	s := fmt.Sprintf("%s in %s", waitgraph.Count(d.Total(), "goroutine", "goroutines"), waitgraph.Count(len(dump.Groups(d)), "group", "groups"))
	if d.Go != "" {
		s += ", Go " + d.Go
	}
	if how := takenBy[d.Form]; how != "" {
		s += ", taken by " + how
	}
	if len(r.dumps) > 1 {
		s += fmt.Sprintf("; the last of %d dumps", len(r.dumps))
	}
	return s
}

// remarks are lines about the dump itself.
func (r *reading) remarks() []string {
	d := r.last()
	var lines []string
	if d.Reason != "" {
		lines = append(lines, d.Reason)
	}
	if d.Truncated {
		lines = append(lines, "truncated: "+d.TruncatedAt)
	}
	if d.Others > 0 {
		lines = append(lines, waitgraph.Count(d.Others, "other dump", "other dumps")+" in the same input: the largest is shown")
	}
	if len(d.Races) > 0 {
		lines = append(lines, waitgraph.Count(len(d.Races), "report", "reports")+" of the race detector")
	}
	if n := len(d.Problems); n > 0 {
		lines = append(lines, fmt.Sprintf("%s could not be read, the first at line %d: %s", waitgraph.Count(n, "place", "places"), d.Problems[0].Line, d.Problems[0].Text))
	}
	if r.flags.where != "" {
		lines = append(lines, fmt.Sprintf("shown: %s that fit %s", waitgraph.Count(r.shown.Total(), "goroutine", "goroutines"), r.flags.where))
	}
	return lines
}

// unshown is the kind of the notes that say what a dump cannot show: they come last.
const unshown = "not-shown"

// text writes everything for people. Writing to the terminal can fail; there is nobody to tell.
func (r *reading) text(w io.Writer) {
	fmt.Fprintln(w, finding.Clean(r.headline()))
	for _, l := range r.remarks() {
		fmt.Fprintln(w, finding.Clean(l))
	}
	fmt.Fprintln(w)
	n := 0
	for _, f := range r.findings {
		if f.Kind == unshown {
			continue
		}
		if n++; n > mostFindings && !r.flags.all {
			continue
		}
		r.finding(w, &f)
	}
	switch {
	case n > mostFindings && !r.flags.all:
		fmt.Fprintf(w, "and %d more findings: --all shows them\n", n-mostFindings)
	case !slices.ContainsFunc(r.findings, func(f finding.Finding) bool { return f.Certainty > finding.Note }):
		fmt.Fprintln(w, "nothing wrong was found; that proves nothing: see what the dump cannot show")
	}
	r.changes(w)
	r.groupTable(w)
	r.limits(w)
}

// finding writes one finding.
func (r *reading) finding(w io.Writer, f *finding.Finding) {
	likely := ""
	if f.Certainty == finding.Likely {
		likely = fmt.Sprintf("  (%.2f)", f.Confidence)
	}
	fmt.Fprintf(w, "%-9s %s%s\n", f.Certainty, finding.Clean(f.Title), likely)
	for i, e := range f.Evidence {
		if i == mostEvidence && !r.flags.all {
			fmt.Fprintf(w, "            and %d more lines: --all shows them\n", len(f.Evidence)-i)
			break
		}
		fmt.Fprintf(w, "            %s\n", finding.Clean(e))
	}
	if f.Fix != "" {
		fmt.Fprintf(w, "          fix: %s\n", finding.Clean(f.Fix))
	}
}

// changes writes what several dumps have in common.
func (r *reading) changes(w io.Writer) {
	if len(r.dumps) < 2 {
		return
	}
	fmt.Fprintf(w, "\nchanged over %d dumps\n", len(r.dumps))
	if len(r.changed) == 0 {
		fmt.Fprintln(w, "  no group has changed its size")
	}
	for i, g := range r.changed {
		if i == mostChanges && !r.flags.all {
			fmt.Fprintf(w, "  and %d more: --all shows them\n", len(r.changed)-i)
			return
		}
		own := userFrame(g.Stack)
		fmt.Fprintf(w, "  %+6d  %s  %s  %s  %s\n", g.By(), strings.Trim(fmt.Sprint(g.Counts), "[]"), finding.Clean(cmp.Or(g.State, "-")), finding.Clean(own.Func), place(own))
	}
}

// place returns file:line of a frame, without directories.
func place(f dump.Frame) string {
	if f.File == "" {
		return ""
	}
	return finding.Clean(fmt.Sprintf("%s:%d", path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line))
}

// userFrame returns the innermost frame that is not of the standard library, or else the innermost one.
func userFrame(s *dump.Stack) dump.Frame {
	for _, f := range s.Frames {
		if f.Func != "" && !signature.Std(f.Func, f.File) && !strings.Contains(f.Func, ".gowrap") {
			return f
		}
	}
	return s.Own()
}

// groupTable writes the groups, largest first.
func (r *reading) groupTable(w io.Writer) {
	fmt.Fprintf(w, "\ngroups by %s, largest first\n", r.flags.by)
	for i := range r.groups {
		if i == mostGroups && !r.flags.all {
			fmt.Fprintf(w, "  and %d more: --all shows them\n", len(r.groups)-i)
			return
		}
		g := &r.groups[i]
		fmt.Fprintf(w, "  %8s  %s\n", waitgraph.Thousands(g.Count), finding.Clean(r.groupLine(g)))
		if r.flags.all {
			r.stack(w, g)
		}
	}
}

// groupLine describes a group in one line.
func (r *reading) groupLine(g *dump.Group) string {
	own := userFrame(g.Stack)
	since := ""
	switch {
	case g.Timed == 0:
	case g.MinMinutes == g.MaxMinutes:
		since = fmt.Sprintf("since %d min", g.MaxMinutes)
	default:
		since = fmt.Sprintf("since %d-%d min", g.MinMinutes, g.MaxMinutes)
	}
	parts := []string{cmp.Or(g.State, "-"), since, own.Func, place(own)}
	if r.flags.by != dump.BySituation.Name {
		parts = []string{cmp.Or(strings.Join(g.Keys, " "), "(none)"), since}
	} else if g.Stack.Creator.Func != "" {
		parts = append(parts, "started at "+cmp.Or(place(g.Stack.Creator), g.Stack.Creator.Func))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ")
}

// stack writes the frames of a group and the numbers of some of its goroutines.
func (r *reading) stack(w io.Writer, g *dump.Group) {
	if ids := g.IDs(r.shown, mostNumbers); len(ids) > 0 {
		more := ""
		if g.Count > len(ids) {
			more = " ..."
		}
		fmt.Fprintf(w, "            goroutines %s%s\n", strings.Trim(fmt.Sprint(ids), "[]"), more)
	}
	for _, f := range g.Stack.Frames {
		if f.Elided != 0 {
			fmt.Fprintln(w, "            ... frames left out by the dump")
			continue
		}
		fmt.Fprintf(w, "            %s  %s\n", finding.Clean(f.Func), place(f))
	}
}

// limits writes what the dump cannot show.
func (r *reading) limits(w io.Writer) {
	head := "\nnot shown by this dump\n"
	for _, f := range r.findings {
		if f.Kind == unshown {
			fmt.Fprintf(w, "%s  %s\n", head, finding.Clean(f.Title))
			head = ""
		}
	}
}
