package perf

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// textGroups is how many groups of goroutines a text shows.
const textGroups = 12

// systemShown is from which share of a processor on a text shows goroutines of the runtime.
const systemShown = 0.01

// WriteText writes a trace for people: what it is, the findings, and where the time of the largest groups of goroutines went. It returns the first error
// of w.
func (t *Trace) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	count := 0
	for _, g := range t.Groups {
		count += g.Count
	}
	fmt.Fprintf(b, "trace of %s on %s, format of Go %s: %s in %s, %d events\n", short(t.Duration), plural(t.Processors, "processor"), t.Version,
		plural(count, "goroutine"), plural(len(t.Groups), "group"), t.Events)
	if t.Truncated != "" {
		fmt.Fprintf(b, "TRUNCATED: what follows holds for what could be read; %s\n", t.Truncated)
	}
	fmt.Fprintf(b, "processors: %s used on average, all busy %s of the time\n\n", digits(t.average(t.Use.Running)), percent(t.average(t.Use.Full)))
	finding.Write(b, t.Findings())
	fmt.Fprintf(b, "%9s %9s %9s %9s  %s\n", "running", "ready", "syscall", "blocked", "goroutines")
	t.writeRow(b, &t.Times, "all but the runtime's")
	shown := 0
	for _, g := range t.Groups {
		if shown < textGroups && !(g.System && t.average(g.Busy()) < systemShown) {
			t.writeRow(b, &g.Times, fmt.Sprintf("%d %s%s", g.Count, g.Name(), mostBlocked(&g.Times)))
			shown++
		}
	}
	return b.Flush()
}

// writeRow writes the times of goroutines.
func (t *Trace) writeRow(w io.Writer, times *Times, name string) {
	fmt.Fprintf(w, "%9s %9s %9s %9s  %s\n", short(times.Running), short(times.Runnable), short(times.Syscall), short(times.Waiting()), name)
}

// mostBlocked says what goroutines mostly wait for.
func mostBlocked(t *Times) string {
	best, sum := Other, t.Waiting()
	for k, d := range t.Blocked {
		if d > t.Blocked[best] {
			best = Kind(k)
		}
	}
	if sum < time.Microsecond || best == Other {
		return ""
	}
	return fmt.Sprintf(" (%s %s)", best, percent(share(t.Blocked[best], sum)))
}

// WriteText writes a profile for people: what it is, the findings, and the places with the largest parts. It returns the first error of w.
func (p *Profile) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	name := string(p.Kind)
	if p.waiting() && p.Count == 0 {
		name = "mutex or block"
	}
	fmt.Fprintf(b, "%s profile: %s", name, p.total())
	if p.Duration > 0 {
		fmt.Fprintf(b, " in %s", short(p.Duration))
	}
	fmt.Fprint(b, "\n\n")
	finding.Write(b, p.Findings())
	for _, c := range p.Classes {
		fmt.Fprintf(b, "%8s  runtime: %s\n", percent(share(c.Time, p.Time)), c.Name)
	}
	for _, at := range p.Places[:min(len(p.Places), hotPlaces)] {
		fmt.Fprintf(b, "%8s  %s%s\n", percent(p.part(at)), at.Frame, p.waits(at))
	}
	return b.Flush()
}

// total says how much a profile holds.
func (p *Profile) total() string {
	switch p.Kind {
	case CPUProfile:
		return fmt.Sprintf("%s of processor time in %s", short(p.Time), plural(int(p.Count), "sample"))
	case MutexProfile, BlockProfile:
		return fmt.Sprintf("%s of waiting in %s", short(p.Time), plural(int(p.Count), "contention"))
	case ThreadCreateProfile:
		return plural(int(p.Count), "thread")
	}
	return plural(int(p.Count), string(p.Kind))
}

// waits says of a place of waiting how often and how long.
func (p *Profile) waits(at *Place) string {
	if !p.waiting() {
		return ""
	}
	return fmt.Sprintf(" (%s: %d times, on average %s)", at.Wait, at.Count, short(at.mean()))
}
