package leak

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// A Leak is goroutines that one go statement started and that are left, all waiting for the same.
type Leak struct {
	// Test is whose they are: a name of a test, or empty if that is not known.
	Test string
	// Tie says how that is known.
	Tie Tie
	// Goroutines are their numbers.
	Goroutines []int64
	// State is what they do: "chan receive".
	State string
	// Stack is where. Its Creator is the go statement.
	Stack *dump.Stack
	// Rate is how many are left per call or iteration, Born how many of each. They are empty where only one look was taken.
	Rate float64
	Born []int
	// Unreachable says that the collector has proved that nobody can wake them.
	Unreachable bool
	// Stays is why they accuse nobody, or empty.
	Stays string
}

// statement is what goroutines share that one go statement has started.
func statement(g *dump.Goroutine) string { return place(g.Stack.Creator) + "\x00" + entryOf(g.Stack) }

// waiting is what they share if they also wait for the same.
func waiting(g *dump.Goroutine) string {
	return statement(g) + "\x00" + g.State + "\x00" + place(waitsAt(g.Stack))
}

// group puts goroutines together by test, by what they share, and by what accuses them or not, in the order of their first.
func group(all []*dump.Goroutine, kin *Kin, ignore []string, shared func(*dump.Goroutine) string) []Leak {
	var list []Leak
	at := map[string]int{}
	for _, g := range all {
		test, tie := kin.Test(g.ID)
		why := reason(g, ignore)
		k := test + "\x00" + why + "\x00" + shared(g)
		i, ok := at[k]
		if !ok {
			i = len(list)
			at[k] = i
			list = append(list, Leak{Test: testName(test), Tie: tie, State: g.State, Stack: g.Stack, Stays: why})
		}
		l := &list[i]
		l.Goroutines = append(l.Goroutines, g.ID)
		l.Tie = min(l.Tie, tie)
		l.Unreachable = l.Unreachable || g.Flags&dump.Leaked != 0
	}
	return list
}

// testName returns the name of a test without the number that Check puts behind it.
func testName(label string) string {
	if i := strings.LastIndexByte(label, '#'); i > 0 && strings.Trim(label[i+1:], "0123456789") == "" {
		return label[:i]
	}
	return label
}

// waitsAt returns the innermost frame that is not the runtime's or of package sync: what a person recognises. Without one it is the function that the goroutine runs.
func waitsAt(s *dump.Stack) dump.Frame {
	for _, f := range s.Frames {
		if f.Func != "" && !strings.HasPrefix(f.Func, "runtime.") && !strings.HasPrefix(f.Func, "sync.") && !strings.HasPrefix(f.Func, "internal/") &&
			!strings.HasPrefix(f.Func, "time.") {
			return f
		}
	}
	for _, f := range slices.Backward(s.Frames) {
		if f.Func != "runtime.goexit" {
			return f
		}
	}
	return dump.Frame{}
}

// place names a frame: "queue.(*Q).loop (queue.go:41)".
func place(f dump.Frame) string {
	if f.Func == "" {
		return "an unknown place"
	}
	name := f.Func[strings.LastIndexByte(f.Func, '/')+1:]
	return fmt.Sprintf("%s (%s:%d)", name, filepath.Base(f.File), f.Line)
}

// full names a frame with its file, so that an editor finds it: "queue.(*Q).loop, /src/queue/queue.go:41".
func full(f dump.Frame) string {
	if f.Func == "" {
		return "an unknown place"
	}
	return fmt.Sprintf("%s, %s:%d", f.Func, f.File, f.Line)
}

// Finding says in a sentence who is left, who started it, and what it waits for. It is proved if the collector says so, a note if it stays on purpose, and likely
// otherwise.
func (l *Leak) Finding() finding.Finding {
	f := finding.Finding{Kind: "goroutine-leak", Certainty: finding.Likely, Confidence: 0.9, Weight: float64(len(l.Goroutines)), Goroutines: l.Goroutines,
		Title: l.title(), Fix: l.fix()}
	f.Evidence = append(f.Evidence, "started at "+full(l.Stack.Creator), l.waits())
	if l.Test != "" {
		f.Evidence = append(f.Evidence, "it is "+l.Test+"'s: "+l.Tie.String())
	}
	if len(l.Born) > 1 {
		f.Evidence = append(f.Evidence, "left behind by each iteration: "+join(l.Born))
	}
	switch {
	case l.Stays != "":
		f.Kind, f.Certainty, f.Confidence, f.Fix = "goroutine-stays", finding.Note, 1, ""
		f.Evidence = append(f.Evidence, l.Stays)
	case l.Unreachable:
		f.Certainty, f.Confidence = finding.Proved, 1
		f.Evidence = append(f.Evidence, "the collector found that nobody can reach what it waits for")
	case len(l.Born) > 1:
		f.Confidence = 0.95
	case l.State == "sleep":
		f.Confidence = 0.5
		f.Evidence = append(f.Evidence, "it sleeps, and may end by itself when it wakes")
	}
	return f
}

// title is the sentence without the evidence.
func (l *Leak) title() string {
	who := count(len(l.Goroutines))
	if l.Test != "" {
		who = l.Test + " leaves " + who + " behind"
	} else {
		who += " left"
	}
	if len(l.Born) > 1 && l.Stays == "" {
		who += fmt.Sprintf(", %s an iteration", digits(l.Rate))
	}
	return who + ": " + place(l.Stack.Creator) + " starts it, and it waits in " + l.State + " at " + place(waitsAt(l.Stack))
}

// waits says what it waits for.
func (l *Leak) waits() string {
	s := "waits in " + l.State
	if at := waitsAt(l.Stack); at.Func != "" {
		s += " at " + full(at)
	}
	if entry := entryOf(l.Stack); entry != "" {
		s += ", running " + entry[strings.LastIndexByte(entry, '/')+1:]
	}
	return s
}

// fixes say what to do about a state, by how it begins.
var fixes = []struct{ state, fix string }{
	{"chan receive (nil chan)", "the channel is nil: make it before it is used"},
	{"chan send (nil chan)", "the channel is nil: make it before it is used"},
	{"chan receive", "close the channel when nothing more comes, or have it also wait for the end of a context that the test cancels"},
	{"chan send", "the receiver has left: give the channel room for what is sent, or select on the end of a context as well"},
	{"select (no cases)", "it waits for ever on purpose: give it a context or a channel that ends it, or ignore it"},
	{"select", "cancel the context, or close the channel, that it waits for: a deferred cancel or t.Cleanup does"},
	{"IO wait", "close the connection, listener or body that it reads from"},
	{"sync.WaitGroup.Wait", "some goroutine never calls Done: find those that are left beside it"},
	{"sync.Cond.Wait", "nobody signals any more: broadcast when closing, and have it look whether it is closed"},
	{"sync.Mutex.Lock", "whoever holds the lock never unlocks it: defer the Unlock"},
	{"sync.RWMutex", "whoever holds the lock never unlocks it: defer the Unlock"},
	{"sleep", "have it wait for a timer and for the end of a context, instead of sleeping"},
}

// fix says what to do.
func (l *Leak) fix() string {
	for _, x := range fixes {
		if strings.HasPrefix(l.State, x.state) {
			return x.fix
		}
	}
	return ""
}

// count is "1 goroutine" or "3 goroutines".
func count(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}

// join writes numbers with blanks between them.
func join(list []int) string { return strings.Trim(fmt.Sprint(list), "[]") }

// digits writes a rate with at most three digits.
func digits(v float64) string { return fmt.Sprintf("%.3g", v) }

// Findings returns the findings of leaks in the order of finding.Sort.
func Findings(leaks []Leak) []finding.Finding {
	var all []finding.Finding
	for i := range leaks {
		all = append(all, leaks[i].Finding())
	}
	finding.Sort(all)
	return all
}

// text writes findings with their evidence, for the log of a test.
func text(all []finding.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "\n%-6s  %s", f.Certainty, f.Title)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "\n          %s", e)
		}
		if f.Fix != "" {
			fmt.Fprintf(&b, "\n        fix: %s", f.Fix)
		}
	}
	return b.String()
}

// split separates what is accused from what stays on purpose.
func split(leaks []Leak) (accused, named []Leak) {
	for _, l := range leaks {
		if l.Stays != "" {
			named = append(named, l)
		} else {
			accused = append(accused, l)
		}
	}
	slices.SortStableFunc(accused, func(a, b Leak) int { return cmp.Compare(len(b.Goroutines), len(a.Goroutines)) })
	return accused, named
}
