package signature

import (
	"fmt"
	"strings"
)

// raceHeader starts a report of the race detector; rule lines enclose it.
const (
	raceHeader = "WARNING: DATA RACE"
	raceRule   = "=================="
)

// An access is one side of a race.
type access struct {
	write bool
	stack []frame
}

// verb returns "read" or "write".
func (a access) verb() string {
	if a.write {
		return "write"
	}
	return "read"
}

// at returns the frame that names an access: the top user frame, or the top frame, or none.
func (a access) at() (frame, bool) {
	if found := top(a.stack, 1); len(found) > 0 {
		return found[0], true
	}
	if len(a.stack) > 0 {
		return a.stack[0], true
	}
	return frame{}, false
}

// races returns one failure for each report of the race detector.
func races(d *document) []Failure {
	var found []Failure
	for i := 0; i < len(d.lines); i++ {
		if !strings.Contains(d.lines[i], raceHeader) {
			continue
		}
		end := raceEnd(d.lines, i+1)
		found = append(found, raceFailure(d, i, end))
		i = end - 1
	}
	return found
}

// maxRaceLines bounds a report whose end is missing.
const maxRaceLines = 2000

// raceEnd returns the index of the line that ends the report starting before line i.
func raceEnd(lines []string, i int) int {
	for end := min(len(lines), i+maxRaceLines); i < end; i++ {
		if strings.HasPrefix(lines[i], raceRule) || strings.Contains(lines[i], raceHeader) {
			break
		}
	}
	return i
}

// raceFailure names the report in lines from..to.
func raceFailure(d *document, from, to int) Failure {
	accesses, spawns := parseRace(d.lines, from+1, to)
	exact, family, human := make([]string, 2), make([]string, 2), make([]string, 2)
	f := Failure{Kind: Race, Excerpt: d.excerpt(from, to), Essence: d.essence(from, to)}
	for i := range exact {
		exact[i], family[i], human[i] = "unknown", "unknown", "unknown access"
		if i >= len(accesses) {
			continue
		}
		a := accesses[i]
		if at, ok := a.at(); ok {
			exact[i] = a.verb() + " " + at.exact()
			family[i] = at.declared()
			human[i] = a.verb() + " " + at.human()
			f.Site = firstNonEmpty(f.Site, at.site())
		}
	}
	if exact[1] < exact[0] {
		exact[0], exact[1], human[0], human[1] = exact[1], exact[0], human[1], human[0]
	}
	if family[1] < family[0] {
		family[0], family[1] = family[1], family[0]
	}
	f.Signature = "race: " + exact[0] + " | " + exact[1]
	f.Family = "race: " + family[0] + " | " + family[1]
	f.Title = fmt.Sprintf("data race: %s and %s", human[0], human[1])
	f.Test = raceTest(d, from, accesses, spawns)
	return f
}

// raceTest returns the test to which a report belongs: the one whose function is in a stack, or else the one in whose context
// the report appeared. The context is preferred where both agree, since it names the subtest.
func raceTest(d *document, line int, accesses []access, spawns []frame) string {
	context := d.owner(line)
	for _, a := range accesses {
		spawns = append(a.stack[:len(a.stack):len(a.stack)], spawns...)
	}
	for _, f := range spawns {
		name := f.test()
		if name == "" {
			continue
		}
		if strings.HasPrefix(context, name) {
			return context
		}
		return name
	}
	return context
}

// parseRace reads the stacks of a report: those of the accesses, and the frames that created the goroutines.
func parseRace(lines []string, from, to int) (accesses []access, spawns []frame) {
	inAccess := false
	for i := from; i < to; i++ {
		if write, ok := parseAccess(lines[i]); ok {
			accesses, inAccess = append(accesses, access{write: write}), true
			continue
		}
		if strings.HasPrefix(lines[i], "Goroutine ") {
			inAccess = false
			continue
		}
		if i+1 >= to {
			break
		}
		f, ok := parseFrame(lines[i], lines[i+1])
		if !ok {
			continue
		}
		if n := len(accesses); inAccess && n > 0 {
			accesses[n-1].stack = append(accesses[n-1].stack, f)
		} else {
			spawns = append(spawns, f)
		}
		i++
	}
	return accesses, spawns
}

// parseAccess reads "Previous atomic write at 0x00c00001 by goroutine 7:".
func parseAccess(line string) (write, ok bool) {
	if !strings.Contains(line, " at 0x") || !strings.Contains(line, " by ") {
		return false, false
	}
	head, _, _ := strings.Cut(line, " at 0x")
	head = strings.ToLower(strings.TrimSpace(head))
	switch {
	case strings.HasSuffix(head, "write"):
		return true, true
	case strings.HasSuffix(head, "read"):
		return false, true
	}
	return false, false
}

// firstNonEmpty returns the first text that is not empty.
func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
