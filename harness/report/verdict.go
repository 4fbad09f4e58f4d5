package report

import (
	"fmt"
	"strings"
)

// wordWidth is the width of the column of words, which are as wide as the widest, "skipped", and two blanks.
const wordWidth = 9

// The colours of terminals that are used.
const (
	plainColour = "\x1b[0m"
	green       = "\x1b[32m"
	yellow      = "\x1b[33m"
	boldRed     = "\x1b[1;31m"
)

// word returns the word that says an outcome to people, and its colour.
func (s Status) word() (word, colour string) {
	switch s {
	case Held:
		return "ok", green
	case Violated:
		return "FAIL", boldRed
	case Caught:
		return "caught", green
	case Missed:
		return "missed", boldRed
	case Skipped:
		return "skipped", yellow
	case Errored:
		return "ERROR", boldRed
	}
	return "????", yellow
}

// verdict writes the line of a target, and a block for each of its failures.
func (t *Text) verdict(o outcome) {
	v := o.verdict
	word, colour := v.Status.word()
	blocks := o.blocks(t.options.Verbose)
	t.named(word, colour, v, headline(o))
	for _, b := range blocks {
		t.block(b, len(o.failures()) > 1)
	}
	if v.Status != Violated && (v.Status != Caught || t.options.Verbose) {
		t.files(strings.Repeat(" ", wordWidth), v)
	}
	for _, s := range v.NotProved {
		if t.options.Verbose {
			t.print(strings.Repeat(" ", wordWidth) + "not proved: " + line(s))
		} else {
			t.unknown = append(t.unknown, t.name(v)+": "+s)
		}
	}
}

// blocks returns the failures that deserve a block of their own: all that are not expected, and all if verbose.
func (o outcome) blocks(verbose bool) (blocks []Event) {
	if o.verdict.Status != Violated && (o.verdict.Status != Caught || !verbose) {
		return nil
	}
	for _, f := range o.failures() {
		if f.Evidence != "" || f.Case != "" || f.Replay != "" || f.Rate != nil || len(o.violations) > 1 {
			blocks = append(blocks, f)
		}
	}
	return blocks
}

// headline returns what the line of a target says after its name.
func headline(o outcome) string {
	v := o.verdict
	switch v.Status {
	case Violated, Caught:
		if n := len(o.violations); n > 1 && v.Status == Violated {
			return join([]string{Plural(int64(n), "failure") + inRuns(v), elapsed(v)})
		}
		return failure(o.failures()[0], v)
	case Missed:
		return join(append([]string{"nothing found" + inRuns(v), v.Message, open(v)}, append(v.Details, elapsed(v))...))
	case Held:
		return held(v)
	}
	return join(append([]string{v.Message, strings.TrimSpace(work(v))}, append(v.Details, elapsed(v))...))
}

// failure says in a line when and how a target failed.
func failure(f, v Event) string {
	what := line(f.Message)
	if p := line(f.Property); p != "" && !strings.HasPrefix(what, p) {
		what = strings.TrimSuffix(p+": "+what, ": ")
	}
	var when []string
	if f.Where != "" {
		when = append(when, line(f.Where))
	}
	if f.After > 0 {
		when = append(when, "after "+Elapsed(f.After))
	}
	s := strings.Join(when, ", ")
	if v.Status == Caught && f.Where == "" {
		s = strings.TrimPrefix(s+inRuns(v), " ")
	}
	if s != "" && what != "" {
		s += ": "
	}
	s += what
	if f.From > 0 {
		s += "; " + shrunk(f)
	}
	if f.Replays > 0 {
		s += fmt.Sprintf("; replayed %d of %d", f.Reproduced, f.Replays)
	}
	return s
}

// shrunk says how far something was minimised.
func shrunk(e Event) string {
	if e.From == e.To {
		return fmt.Sprintf("minimal already: %s %s", Count(int64(e.To)), line(e.Unit))
	}
	return strings.TrimSpace(fmt.Sprintf("minimised from %s to %s %s", Count(int64(e.From)), Count(int64(e.To)), line(e.Unit)))
}

// held says what was done without finding a violation.
func held(v Event) string {
	s := work(v)
	if o := open(v); o != "" {
		s = strings.TrimPrefix(s+", "+o, ", ")
	}
	return join(append([]string{s}, append(v.Details, elapsed(v))...))
}

// work says how much ran, in columns that line up from target to target.
func work(v Event) string {
	switch {
	case v.Operations > 0 && v.Histories > 0:
		return fmt.Sprintf("%9s ops in %5s %s", Count(v.Operations), Count(v.Histories), plural(v.Histories, "history"))
	case v.Schedules == 1 && v.Space >= 1:
		return pad("exhausted: the only schedule", scheduleWidth)
	case v.Schedules > 0 && v.Space >= 1:
		return pad("exhausted: all "+Plural(v.Schedules, "schedule"), scheduleWidth)
	case v.Schedules > 0 && v.Space > 0:
		return pad(Plural(v.Schedules, "schedule")+", about "+Percent(v.Space)+" of the space", scheduleWidth)
	case v.Schedules > 0 && v.Histories == 0:
		return pad(Plural(v.Schedules, "schedule"), scheduleWidth)
	}
	return runs(v)
}

// scheduleWidth is the width of what is said about schedules: "20 000 schedules, about 37 % of the space".
const scheduleWidth = 41

// open says how much operations overlapped.
func open(v Event) string {
	if v.Open <= 0 {
		return ""
	}
	return Number(v.Open) + " open at once"
}

// elapsed returns how long it took, or "".
func elapsed(v Event) string {
	if v.Elapsed <= 0 {
		return ""
	}
	return Elapsed(v.Elapsed)
}

// inRuns returns " in 17 histories", or "".
func inRuns(v Event) string {
	if r := runs(v); r != "" {
		return " in " + r
	}
	return ""
}

// block writes what is known about a failure, between empty lines.
func (t *Text) block(f Event, titled bool) {
	t.gap()
	if titled {
		t.print("  " + failure(f, Event{}))
		t.gap()
	}
	if e := strings.Trim(clean(f.Evidence), "\n"); e != "" {
		for l := range strings.SplitSeq(e, "\n") {
			t.print("  " + l)
		}
		t.gap()
	}
	t.files("  ", f)
	t.gap()
}

// files writes the lines that say how often it failed and how to go on.
func (t *Text) files(indent string, f Event) {
	for _, l := range [][2]string{{"rate", rate(f)}, {"saved", f.Case}, {"replay", f.Replay}, {"explain", f.Explain}} {
		if l[1] != "" {
			t.print(fmt.Sprintf("%s%-*s%s", indent, wordWidth, l[0], line(l[1])))
		}
	}
}

// rate says how often a target fails.
func rate(f Event) string {
	if f.Rate == nil {
		return ""
	}
	r := f.encodable().Rate
	s := fmt.Sprintf("%s of runs fail (95 %%: %s to %s)", Percent(r.Estimate), Percent(r.Low), Percent(r.High))
	if n := max(f.Histories, f.Schedules); n > 0 && f.Failures > 0 {
		s = fmt.Sprintf("%s of %s failed: ", Count(f.Failures), runs(f)) + s
	}
	return s
}
