package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// TextOptions say how [Text] writes.
type TextOptions struct {
	// Colour colours the words of the verdicts. Their meaning does not depend on it.
	Colour bool
	// Verbose also writes faults, minimisation, the evidence about wrong twins that were caught, and what single targets did not prove.
	Verbose bool
}

// Text writes a report for people: a header, a verdict a line, a block for each failure, and a closing sentence.
type Text struct {
	mu      sync.Mutex
	w       io.Writer
	options TextOptions
	err     error
	empty   bool // the last line is empty
	begun   bool // a line was written
	pkg     string
	subject string // of the start event
	width   int    // of the column of names
	ledger  ledger
	unknown []string // what targets did not prove
}

// nameWidth is the least width of the column of names, maxNameWidth the largest that is aligned.
const (
	nameWidth    = 16
	maxNameWidth = 40
)

// NewText returns a sink that writes to w, each line at once.
func NewText(w io.Writer, o TextOptions) *Text {
	return &Text{w: w, options: o, width: nameWidth}
}

// Close writes what is still owed about targets that failed and got no verdict, and returns the first error of the writer.
func (t *Text) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rest()
	return t.err
}

// Emit writes what an event adds to the report. Kinds that it does not know add nothing.
func (t *Text) Emit(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == Start {
		t.subject = e.Subject
	}
	if e.Subject == "" {
		e.Subject = t.subject
	}
	if o, ok := t.ledger.add(e); ok {
		t.verdict(o)
		return
	}
	switch e.Kind {
	case Start:
		t.start(e)
	case Note:
		t.note(e)
	case Fault:
		t.verbose("fault", e, fmt.Sprintf("%s %s %d: %s", line(e.Site), line(e.Key), e.Nth, line(e.Action)))
	case Shrink:
		t.verbose("shrink", e, shrunk(e))
	case End:
		t.end(e)
	}
}

// print writes one line, whose end is trimmed.
func (t *Text) print(s string) {
	s = strings.TrimRight(s, " ")
	t.empty, t.begun = s == "", true
	if t.err == nil {
		_, t.err = io.WriteString(t.w, s+"\n")
	}
}

// gap writes an empty line, unless there is one or nothing is above.
func (t *Text) gap() {
	if t.begun && !t.empty {
		t.print("")
	}
}

// start writes the header: "stress   lockfree   5 targets, 2 cores, seed 0x5eed17, 30s budget".
func (t *Text) start(e Event) {
	t.pkg, t.width, t.unknown = e.Package, nameWidth, nil
	var facts []string
	if n := len(e.Targets); n > 0 {
		facts = append(facts, Plural(int64(n), subject(e)))
	}
	if e.Cores > 0 {
		facts = append(facts, Plural(int64(e.Cores), "core"))
	}
	if e.Seed != 0 {
		facts = append(facts, "seed "+e.Seed.String())
	}
	if e.Budget > 0 {
		facts = append(facts, Budget(e.Budget)+" budget")
	}
	for _, name := range e.Targets {
		if n := columns(name); n <= maxNameWidth {
			t.width = max(t.width, n)
		}
	}
	t.gap()
	header := join(append([]string{e.Package, strings.Join(facts, ", ")}, e.Details...))
	t.print(pad(line(e.Engine)+"  ", wordWidth) + header)
	t.gap()
}

// subject returns what a run is about.
func subject(e Event) string {
	if e.Subject == "" {
		return "target"
	}
	return line(e.Subject)
}

// join puts three blanks between the columns that are not empty.
func join(columns []string) string {
	var full []string
	for _, c := range columns {
		if c = line(c); c != "" {
			full = append(full, c)
		}
	}
	return strings.Join(full, "   ")
}

// columns returns the number of columns of a text, a rune each.
func columns(s string) int { return len([]rune(s)) }

// pad fills a text up to a width.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-columns(s))) }

// named writes a line of a word, a name and a text.
func (t *Text) named(word, colour string, e Event, text string) {
	blanks := strings.Repeat(" ", wordWidth-len(word))
	if t.options.Colour && colour != "" {
		word = colour + word + plainColour
	}
	t.print(word + blanks + pad(t.name(e), t.width) + "   " + text)
}

// name returns the name of a target in this report: with its package, if that is not the one of the header.
func (t *Text) name(e Event) string {
	if e.Target != "" && e.Package != "" && e.Package != t.pkg {
		return line(e.Package + "/" + e.Name())
	}
	return line(e.Name())
}

// note writes a remark, about a target or about all.
func (t *Text) note(e Event) {
	if e.Target == "" {
		t.print(pad("note", wordWidth) + line(e.Message))
		return
	}
	t.named("note", "", e, line(e.Message))
}

// verbose writes a line for those who asked for more.
func (t *Text) verbose(word string, e Event, text string) {
	if t.options.Verbose {
		t.named(word, "", e, text)
	}
}

// rest writes the verdicts that never came.
func (t *Text) rest() {
	for _, o := range t.ledger.rest() {
		t.verdict(o)
	}
}

// end writes the closing sentence, and what was not proved.
func (t *Text) end(e Event) {
	t.rest()
	t.gap()
	t.print(closing(e))
	unknown := e.NotProved
	if len(unknown) == 0 {
		unknown = t.unknown
	}
	for _, s := range unknown {
		t.print("not proved: " + line(s))
	}
	t.unknown = nil
}

// closing returns the last sentence: "1 of 12 tests failed, 1 skipped in 22 411 schedules (9.8s)        exit 1".
func closing(e Event) string {
	var c Counts
	if e.Counts != nil {
		c = *e.Counts
	}
	s := strings.Join(tallied(c, subject(e)), ", ")
	if r := runs(e); r != "" {
		s += " in " + r
	}
	if e.Elapsed > 0 {
		s += " (" + Elapsed(e.Elapsed) + ")"
	}
	if e.Message != "" {
		s += "; " + line(e.Message)
	}
	if e.Exit != nil && *e.Exit != ExitHeld {
		s += fmt.Sprintf("        exit %d", *e.Exit)
	}
	return s
}

// tallied returns the parts of the closing sentence that count targets.
func tallied(c Counts, subject string) (parts []string) {
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, text)
		}
	}
	total, bugs := c.Total(), c.Caught+c.Missed
	if subject == "case" {
		return reproduced(c)
	}
	add(c.Violated, of(c.Violated, total-bugs, subject)+" "+failed(subject))
	if c.Violated == 0 {
		add(c.Held, of(c.Held, total-bugs, subject)+" held")
	}
	add(c.Missed, of(c.Missed, bugs, "bug")+" missed")
	if c.Missed == 0 {
		add(c.Caught, of(c.Caught, bugs, "bug")+" caught")
	}
	add(c.Inconclusive, Count(int64(c.Inconclusive))+" inconclusive")
	add(c.Errors, Count(int64(c.Errors))+" could not run")
	add(c.Skipped, Count(int64(c.Skipped))+" skipped")
	if total == 0 {
		parts = append(parts, "nothing was run")
	}
	return parts
}

// reproduced is tallied for cases that were run again: caught means that the failure was seen again, missed that it was not.
func reproduced(c Counts) (parts []string) {
	for _, p := range []struct {
		n    int
		text string
	}{
		{c.Caught, "reproduced"}, {c.Missed, "not reproduced"}, {c.Violated, "failed again that should not"}, {c.Held, "did not fail, as expected"},
		{c.Inconclusive, "inconclusive"}, {c.Errors, "could not run"}, {c.Skipped, "skipped"},
	} {
		if p.n > 0 {
			parts = append(parts, Plural(int64(p.n), "case")+" "+p.text)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing was run")
	}
	return parts
}

// of returns "5 targets", or "1 of 5 targets".
func of(n, total int, noun string) string {
	if n == total {
		return Plural(int64(n), noun)
	}
	return Count(int64(n)) + " of " + Plural(int64(total), noun)
}

// failed returns the verb for a subject that did not hold.
func failed(subject string) string {
	if subject == "property" {
		return "violated"
	}
	return "failed"
}

// noun names one finished run: of a target it is a history, of a test or a case a run.
func noun(e Event) string {
	if e.Subject == "test" || e.Subject == "case" {
		return "run"
	}
	return "history"
}

// runs returns how much ran, in the unit of the engine.
func runs(e Event) string {
	switch {
	case e.Histories > 0 && e.Schedules > 0:
		return Plural(e.Histories, noun(e)) + ", " + Plural(e.Schedules, "schedule")
	case e.Histories > 0:
		return Plural(e.Histories, noun(e))
	case e.Schedules > 0:
		return Plural(e.Schedules, "schedule")
	case e.Operations > 0:
		return Plural(e.Operations, "operation")
	}
	return ""
}
