package signature

import (
	"maps"
	"slices"
	"strings"
)

// leakHeader is how goleak starts a report, both inside a test and after all of them.
const leakHeader = "found unexpected goroutines:"

// leaks returns one failure for each report of goleak.
func leaks(d *document) []Failure {
	var found []Failure
	for i, l := range d.lines {
		if strings.HasSuffix(l, leakHeader) {
			end := leakEnd(d.lines, i+1)
			found = append(found, leakFailure(d, i, end))
		}
	}
	return found
}

// leakEnd returns the index after the line "]" that ends a report.
func leakEnd(lines []string, i int) int {
	for ; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "]" {
			return i + 1
		}
		if strings.HasPrefix(lines[i], "--- ") || strings.HasPrefix(lines[i], "=== ") {
			return i
		}
	}
	return i
}

// A leaked is one kind of goroutine that stayed behind.
type leaked struct {
	state       string
	at, creator frame
}

// leakFailure names the report in lines from..to.
func leakFailure(d *document, from, to int) Failure {
	set := map[leaked]bool{}
	for i := from; i < to; i++ {
		if state, ok := parseLeakState(d.lines[i]); ok {
			set[parseLeaked(d.lines, state, i+1, to)] = true
		}
	}
	f := Failure{Kind: Leak, Test: d.testAt(from), Excerpt: d.excerpt(from, to), Essence: d.essence(from, to)}
	var exact, family, human []string
	for _, l := range slices.SortedFunc(maps.Keys(set), compareLeaked) {
		exact = append(exact, l.state+" "+l.at.exact()+" by "+l.creator.name())
		family = append(family, l.state+" "+l.at.declared()+" by "+l.creator.declared())
		human = append(human, l.at.human()+" in "+l.state)
		f.Site = firstNonEmpty(f.Site, l.at.site())
	}
	f.Signature = "leak: " + strings.Join(exact, " | ")
	f.Family = "leak: " + strings.Join(slices.Compact(family), " | ")
	f.Title = "leaked goroutines: " + strings.Join(human, ", ")
	return f
}

// compareLeaked orders leaked goroutines by what their names are made of.
func compareLeaked(a, b leaked) int {
	return strings.Compare(a.state+" "+a.at.exact()+" "+a.creator.name(), b.state+" "+b.at.exact()+" "+b.creator.name())
}

// parseLeakState reads "[Goroutine 7 in state chan receive, with pkg.f on top of the stack:".
func parseLeakState(l string) (state string, ok bool) {
	l = strings.TrimLeft(l, " \t[")
	if !strings.HasPrefix(l, "Goroutine ") || !strings.HasSuffix(l, "on top of the stack:") {
		return "", false
	}
	_, l, ok = strings.Cut(l, " in state ")
	if !ok {
		return "", false
	}
	state, _, _ = strings.Cut(l, ", with ")
	state, _ = cleanState(state)
	return state, true
}

// parseLeaked reads the stack of one leaked goroutine.
func parseLeaked(lines []string, state string, from, to int) leaked {
	l := leaked{state: state}
	var frames []frame
	for i := from; i+1 < to; i++ {
		if _, ok := parseLeakState(lines[i]); ok {
			break
		}
		f, ok := parseFrame(lines[i], lines[i+1])
		if !ok {
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(lines[i]), "created by ") {
			l.creator = f
		} else {
			frames = append(frames, f)
		}
		i++
	}
	if found := top(frames, 1); len(found) > 0 {
		l.at = found[0]
	}
	return l
}
