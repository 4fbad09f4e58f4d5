package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// cures are what to do about crashes that come from concurrency.
var cures = []struct{ reason, fix string }{
	{"concurrent map", "guard the map by a lock, or use sync.Map: harness race shows both sides"},
	{"unlock of unlocked", "unlock in the function that locks, by defer"},
	{"send on closed channel", "let only the side that sends close the channel, after its last send"},
	{"close of closed channel", "close it in one place, or under a sync.Once"},
	{"close of nil channel", "make the channel before whoever closes it can run"},
	{"negative WaitGroup counter", "call Add before the go statement, and Done once for each of it"},
	{"WaitGroup is reused before previous Wait has returned", "let a new round begin after all Waits have returned, or use a new WaitGroup"},
	{"WaitGroup misuse", "call Add before Wait can run"},
}

// crashed reports what ended the program: a panic, a fatal error, a signal that its own code has raised.
func crashed(c *inquiry) {
	reason := c.dump.Reason
	if len(c.dump.Goroutines) == 0 || !crash(reason) {
		return
	}
	first := c.byID[c.dump.Goroutines[0].ID]
	if first == nil {
		return
	}
	f := finding.Finding{Kind: "crash", Certainty: finding.Proved, Title: "the program ended: " + reason, Evidence: []string{first.line()}}
	if strings.HasPrefix(reason, "panic: test timed out") {
		f = finding.Finding{Kind: "timeout", Certainty: finding.Note, Title: "the time of a test was up", Evidence: []string{reason}}
		c.add(f)
		return
	}
	for _, x := range cures {
		if strings.Contains(reason, x.reason) {
			f.Fix = x.fix
			break
		}
	}
	c.add(f, first)
}

// crash reports whether a reason is about the code of the program, and not what rule asleep says, or a request for a dump.
func crash(reason string) bool {
	if strings.Contains(reason, "all goroutines are asleep") || strings.Contains(reason, "panic: deadlock: ") {
		return false
	}
	for _, start := range []string{"panic: ", "fatal error: ", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"} {
		if strings.HasPrefix(reason, start) {
			return true
		}
	}
	return false
}

// mostRaces bounds how many different races are reported.
const mostRaces = 20

// raced reports the data races in a log, each pair of places once.
func raced(c *inquiry) {
	seen := map[string]int{}
	var order []*dump.Race
	for i := range c.dump.Races {
		r := &c.dump.Races[i]
		if len(r.Accesses) < 2 {
			continue
		}
		if seen[pair(r)]++; seen[pair(r)] == 1 {
			order = append(order, r)
		}
	}
	for _, r := range order[:min(mostRaces, len(order))] {
		c.found = append(c.found, raceFinding(r, seen[pair(r)]))
	}
	if more := len(order) - mostRaces; more > 0 {
		c.add(finding.Finding{Kind: "more-races", Certainty: finding.Note, Title: waitgraph.Count(more, "data race more", "data races more") + " at other places"})
	}
}

// pair names the places of a race, whichever came first.
func pair(r *dump.Race) string {
	sides := []string{access(&r.Accesses[0]), access(&r.Accesses[1])}
	slices.Sort(sides)
	return strings.Join(sides, " | ")
}

// access names one side of a race.
func access(a *dump.Access) string {
	verb := "reads"
	if a.Write {
		verb = "writes"
	}
	if a.Atomic {
		verb += " atomically"
	}
	if len(a.Frames) == 0 {
		return "somebody " + verb
	}
	f := a.Frames[0]
	for _, x := range a.Frames {
		if !signature.Std(x.Func, x.File) {
			f = x
			break
		}
	}
	return fmt.Sprintf("%s %s (%s:%d)", signature.Declared(f.Func), verb, path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line)
}

// raceFinding writes a race that was reported n times.
func raceFinding(r *dump.Race, n int) finding.Finding {
	f := finding.Finding{Kind: "data-race", Certainty: finding.Proved, Confidence: 1, Weight: float64(n), Title: "data race: " + strings.ReplaceAll(pair(r), " | ", " while "),
		Fix: "let both sides hold the same lock, or hand the value over by a channel"}
	for i := range r.Accesses {
		a := &r.Accesses[i]
		f.Goroutines = append(f.Goroutines, a.Goroutine)
		f.Evidence = append(f.Evidence, fmt.Sprintf("G%d: %s at %#x", a.Goroutine, access(a), a.Addr))
	}
	f.Objects = []uint64{r.Accesses[0].Addr}
	if n > 1 {
		f.Evidence = append(f.Evidence, fmt.Sprintf("reported %d times", n))
	}
	return f
}
