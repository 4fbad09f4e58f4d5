package explain

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Options say how to show an execution.
type Options struct {
	Width  int                        // of a line; 0 means 100
	Source func(file string) []string // the lines of a source file, nil if it is not to be had; may be nil itself
}

const (
	usualWidth = 100
	leastWidth = 60
)

func (o Options) width() int {
	if o.Width == 0 {
		return usualWidth
	}
	return max(o.Width, leastWidth)
}

// Text writes an execution for people: a sentence, who waits for what, and the table.
func Text(w io.Writer, e *Execution, o Options) error {
	b := bufio.NewWriter(w)
	a, src := analyse(e), newSources(o.Source)
	fmt.Fprintln(b, wrap(a.Headline, "", o.width()))
	a.writeEvidence(b)
	a.writeWaits(b, src, o.width())
	for _, r := range a.Remarks {
		fmt.Fprintln(b, wrap(r, "  ", o.width()))
	}
	a.writeSpins(b)
	a.writeReport(b, o.width())
	if t := a.newTable(src, o.width(), mostRows); len(t.rows) > 0 {
		fmt.Fprintln(b)
		t.write(b)
		t.writeLegend(b)
	}
	a.writeCritical(b, src)
	a.writeUncontrolled(b)
	return b.Flush()
}

// evidenceLines bounds what is shown of what a test says about its failure.
const evidenceLines = 40

// writeEvidence shows what the test itself has said.
func (a *analysis) writeEvidence(w io.Writer) {
	if a.e.Evidence == "" {
		return
	}
	fmt.Fprintln(w)
	lines := strings.Split(strings.TrimRight(a.e.Evidence, "\n"), "\n")
	for _, l := range lines[:min(len(lines), evidenceLines)] {
		fmt.Fprintln(w, strings.TrimRight("    "+sentence(l), " "))
	}
}

// wrap breaks a text between words. Lines after the first are indented by four more.
func wrap(text, indent string, width int) string {
	var b strings.Builder
	b.WriteString(indent)
	n := len(indent)
	for i, word := range strings.Fields(text) {
		if l := utf8.RuneCountInString(word); i > 0 && n+1+l > width {
			b.WriteString("\n    " + indent)
			n = 4 + len(indent)
		} else if i > 0 {
			b.WriteByte(' ')
			n++
		}
		b.WriteString(word)
		n += utf8.RuneCountInString(word)
	}
	return b.String()
}

// Limits on the list of those who wait.
const (
	eachWait  = 8  // up to so many, each has its line
	waitLines = 20 // and at most so many lines, of those who wait alike
)

// A waitLine is one goroutine that waits, or several that wait alike.
type waitLine struct {
	who, at, site, because string
	n                      int
}

// writeWaits lists who waits.
func (a *analysis) writeWaits(w io.Writer, src *sources, width int) {
	if len(a.Waits) == 0 {
		return
	}
	fmt.Fprintf(w, "\n  %s:\n", a.waitTitle())
	lines := a.waitLines(src)
	var columns [3]int
	for _, l := range lines[:min(len(lines), waitLines)] {
		for i, s := range [...]string{l.who, l.at, l.site} {
			columns[i] = max(columns[i], utf8.RuneCountInString(s))
		}
	}
	for _, l := range lines[:min(len(lines), waitLines)] {
		start := fmt.Sprintf("    %s  waits at %s  %s  ", pad(l.who, columns[0]), pad(l.at, columns[1]), pad(l.site, columns[2]))
		if utf8.RuneCountInString(start+l.because) > width && l.because != "" {
			start = strings.TrimRight(start, " ") + "\n" + strings.Repeat(" ", 8)
		}
		fmt.Fprintln(w, strings.TrimRight(start+l.because, " "))
	}
	if more := len(lines) - waitLines; more > 0 {
		fmt.Fprintf(w, "    and %d more places\n", more)
	}
}

func (a *analysis) waitTitle() string {
	who := fmt.Sprintf("%d goroutines wait", len(a.Waits))
	if len(a.Waits) == 1 {
		who = "1 goroutine waits"
	}
	switch a.e.Failure {
	case "deadlock":
		return who + ", and nothing can wake " + them(len(a.Waits))
	case "leak":
		return who + " forever, after the test has ended"
	}
	return who + " at the end"
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// waitLines groups those who wait alike, if they are many.
func (a *analysis) waitLines(src *sources) []waitLine {
	var lines []waitLine
	at := map[waitLine]int{}
	for i, w := range a.Waits {
		l := waitLine{who: a.threads[w.by].label(), at: w.Reason, site: w.Site.String(), because: w.Because}
		if e := a.expressionOf(src, w); e != "" {
			l.because = strings.TrimSuffix("for "+e+"; "+l.because, "; ")
		}
		k := l
		k.who = w.Name
		if j, ok := at[k]; ok && len(a.Waits) > eachWait {
			lines[j].n++
			lines[j].who = fmt.Sprintf("%d x %s", lines[j].n, clip(w.Name, 40))
			continue
		}
		l.n, l.who = 1, clip(l.who, 40)
		at[k] = len(lines)
		lines = append(lines, l)
		if i >= maxWaits {
			break
		}
	}
	return lines
}

// expressionOf returns what the source, or the engine, calls what somebody waits for.
func (a *analysis) expressionOf(src *sources, w Wait) string {
	if o, ok := a.object(w.Object); ok && o.Name != "" {
		return clean(o.Name)
	}
	kinds := map[string]string{waitsForLock: "Lock", waitsToRead: "RLock", waitsForSignal: "Wait", waitsForGroup: "Wait", waitsToSend: "Send",
		waitsToReceive: "Receive", waitsForOnce: "Once"}
	return src.expression(kinds[w.Kind], w.Site)
}

// writeSpins says who spins where.
func (a *analysis) writeSpins(w io.Writer) {
	for _, s := range a.Spinning {
		var sites []string
		for _, at := range s.Sites {
			sites = append(sites, at.String())
		}
		fmt.Fprintf(w, "  G%d %s took %d of the last %d steps, at %s\n", s.Thread, s.Name, s.Steps, min(len(a.steps), spinWindow), strings.Join(sites, ", "))
	}
}

// reportLines bounds what is quoted of the output.
const reportLines = 24

// writeReport quotes what the race detector or the runtime has said, without what every report has.
func (a *analysis) writeReport(w io.Writer, width int) {
	f, ok := a.parsed()
	if !ok || a.e.Failure == "assertion" {
		return
	}
	lines := strings.Split(strings.TrimRight(f.Essence, "\n"), "\n")
	fmt.Fprintln(w)
	for i, l := range lines {
		if i == reportLines {
			fmt.Fprintf(w, "    ... and %d more lines\n", len(lines)-i)
			return
		}
		fmt.Fprintln(w, strings.TrimRight("    "+clip(sentence(strings.ReplaceAll(l, "\t", "    ")), width-4), " "))
	}
}

// writeLegend explains the table.
func (t *table) writeLegend(w io.Writer) {
	for i, l := range t.legend() {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "    %s\n", clip(l, t.width-4))
	}
}

// writeCritical shows the two operations whose order decided, with their stacks.
func (a *analysis) writeCritical(w io.Writer, src *sources) {
	if a.Critical == nil {
		return
	}
	fmt.Fprintf(w, "\n  %s:\n", a.criticalTitle())
	for i, at := range [...]int{a.Critical.First, a.Critical.Second} {
		s := a.steps[at]
		title := fmt.Sprintf("step %d  %s  %s", at+1, clip(a.threads[s.by].label(), 40), s.word())
		fmt.Fprintf(w, "    %s  %s\n", [...]string{"first", "then "}[i], title)
		for _, f := range a.stack(at) {
			fmt.Fprintf(w, "             %-24s %s\n", clip(trimmed(f.Func), 40), strings.TrimRight(f.String()+"  "+clip(src.line(f), 50), " "))
		}
	}
}

// criticalTitle says how much the pair means: after a minimisation few switches are left, and each is needed.
func (a *analysis) criticalTitle() string {
	forced := 0
	for _, s := range a.steps {
		if s.Forced {
			forced++
		}
	}
	switch {
	case a.kind == lockCycle:
		return "what closed the circle"
	case forced <= fewForced:
		return "the order that decided"
	}
	return "the last order that was forced"
}

// fewForced is how many forced switches a minimised schedule usually has at most.
const fewForced = 4

// shownFrames is how much of a stack is shown.
const shownFrames = 5

// stack returns the own frames of a step, innermost first: as recorded, or where its goroutine still waits there, or at least its site.
func (a *analysis) stack(i int) []Site {
	s := a.steps[i]
	frames := s.Stack
	if g := a.threads[s.by]; len(frames) == 0 && g.wait != nil && a.pendingAt(s.by) == i {
		frames = g.wait.Stack
	}
	var own []Site
	for _, f := range frames {
		if f.own() && len(own) < shownFrames {
			own = append(own, f)
		}
	}
	if len(own) == 0 && (s.at().Func != "" || s.at().File != "") {
		own = []Site{s.at()}
	}
	return slices.Clip(own)
}

// pendingAt returns the step at which a goroutine waits at the end, or -1.
func (a *analysis) pendingAt(by int) int {
	if i, ok := a.pending[by]; ok {
		return i
	}
	return -1
}

// writeUncontrolled names what no schedule decides.
func (a *analysis) writeUncontrolled(w io.Writer) {
	for i, u := range a.e.Uncontrol {
		if i == 0 {
			fmt.Fprintln(w)
		}
		if i == 5 {
			fmt.Fprintf(w, "  and %d more that are not controlled\n", len(a.e.Uncontrol)-i)
			return
		}
		fmt.Fprintf(w, "  not controlled: %s (%s)\n", clean(u.What), u.Site)
	}
}
