package signature

import (
	"fmt"
	"slices"
	"strings"
)

// maxEssence bounds the lines of a Failure's Essence.
const maxEssence = 40

// essence returns lines from..to of a document as a person would quote them: without the frames of the runtime and of package
// testing, which every stack has, and without arguments and offsets, which are numbers.
func (d *document) essence(from, to int) string {
	var kept []string
	for i := from; i < min(to, len(d.lines)); i++ {
		if i+1 < len(d.lines) {
			if f, ok := parseFrame(d.lines[i], d.lines[i+1]); ok {
				if two := []string{withoutArguments(d.lines[i]), withoutOffset(d.lines[i+1])}; !f.harness() && !ending(kept, two) {
					kept = append(kept, two...)
				}
				i++
				continue
			}
		}
		kept = append(kept, d.lines[i])
	}
	return shorten(withoutEmptySections(kept))
}

// ending reports whether lines end like this: a recursion needs to be shown once.
func ending(lines, end []string) bool {
	return len(lines) >= len(end) && slices.Equal(lines[len(lines)-len(end):], end)
}

// withoutArguments replaces the arguments in the line of a function.
func withoutArguments(l string) string {
	name, ok := parseFunction(l)
	if !ok || !strings.HasSuffix(l, ")") {
		before, _, _ := strings.Cut(l, " in goroutine ")
		return before
	}
	indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
	return indent + name + "(...)"
}

// withoutOffset cuts the line of a position after the line number.
func withoutOffset(l string) string {
	before, _, _ := strings.Cut(l, " +0x")
	return before
}

// withoutEmptySections removes the headings "... created at:" below which no frame is left, and empty lines in a row.
func withoutEmptySections(lines []string) []string {
	var kept []string
	for i, l := range lines {
		last := i+1 == len(lines) || lines[i+1] == ""
		switch {
		case last && strings.HasSuffix(l, " created at:"):
		case l == "" && (len(kept) == 0 || kept[len(kept)-1] == ""):
		default:
			kept = append(kept, l)
		}
	}
	for len(kept) > 0 && kept[len(kept)-1] == "" {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// shorten joins lines, and says how many are left out.
func shorten(lines []string) string {
	if more := len(lines) - maxEssence; more > 0 {
		lines = append(lines[:maxEssence:maxEssence], fmt.Sprintf("... and %d more lines", more))
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(clip(l, maxTitle) + "\n")
	}
	return b.String()
}

// essence says who waits where, a line for each kind of waiting goroutine; without any, what the first stack says.
func (c crashSite) essence(d *document) string {
	set := c.blocked()
	if len(set) == 0 || len(c.dump) == 0 {
		return d.essence(c.line, c.end())
	}
	width := 0
	for s := range set {
		width = max(width, len(s.state))
	}
	lines := []string{d.lines[c.line]}
	for _, s := range sortedStuck(set) {
		lines = append(lines, fmt.Sprintf("  %-*s  in %s%s", width, s.state, s.at.human(), times(set[s])))
	}
	return shorten(lines)
}

// end returns the line after the first goroutine of a crash.
func (c crashSite) end() int {
	if len(c.dump) == 0 {
		return c.line + 20
	}
	return c.dump[0].to
}
