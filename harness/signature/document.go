package signature

import (
	"slices"
	"strings"
)

// marker is the byte that a test binary run with -test.v=test2json puts before each framing line.
const marker = '\x16'

// A document is an output cut into lines, with what the testing package said about its tests.
type document struct {
	lines []string // without line ends and markers
	// context[i] is the index in tests.list of the test that line i belongs to, or -1.
	context []int32
	// verbose is set if tests announce their start, so that context is known before they end.
	verbose bool
	tests   Tests
	fails   []int // see findFails
}

// read cuts an output into lines and follows the framing of package testing through them.
func read(output []byte) *document {
	text := strings.ToValidUTF8(string(output), "?")
	raw, marked := cut(text)
	d := &document{lines: make([]string, len(raw)), context: make([]int32, len(raw))}
	current := int32(-1)
	for i, l := range raw {
		rest, framed := strings.CutPrefix(l, string(marker))
		d.lines[i] = rest
		if framed || !marked {
			current = d.tests.frame(rest, current)
			d.verbose = d.verbose || strings.HasPrefix(rest, "=== RUN")
		}
		d.context[i] = current
	}
	return d
}

// cut splits a text at line ends and before each marker, and reports whether it saw a marker.
func cut(text string) (lines []string, marked bool) {
	lines = make([]string, 0, strings.Count(text, "\n")+1)
	for l := range strings.SplitSeq(text, "\n") {
		l = strings.TrimSuffix(l, "\r")
		marked = marked || strings.IndexByte(l, marker) >= 0
		for {
			next := strings.IndexByte(l[min(1, len(l)):], marker)
			if next < 0 {
				break
			}
			lines = append(lines, l[:next+1])
			l = l[next+1:]
		}
		lines = append(lines, l)
	}
	return lines, marked
}

// testAt returns the name of the test that a line belongs to, or "".
func (d *document) testAt(line int) string {
	if line < 0 || line >= len(d.context) || d.context[line] < 0 {
		return ""
	}
	return d.tests.list[d.context[line]].Name
}

// owner returns the test that most likely printed a line. Without announcements that is the one whose end comes next.
func (d *document) owner(line int) string {
	if d.verbose {
		return d.testAt(line)
	}
	d.findFails()
	if n, _ := slices.BinarySearch(d.fails, line); n < len(d.fails) {
		return ended(strings.TrimPrefix(d.lines[d.fails[n]], failPrefix))
	}
	return ""
}

// failPrefix starts the line that declares a test failed.
const failPrefix = "--- FAIL: "

// findFails finds, once, the lines that declare top-level tests failed.
func (d *document) findFails() {
	if d.fails != nil {
		return
	}
	d.fails = []int{}
	for i, l := range d.lines {
		if strings.HasPrefix(l, failPrefix) {
			d.fails = append(d.fails, i)
		}
	}
}

// excerpt joins the lines from..to of a document, no more than fit into an excerpt.
func (d *document) excerpt(from, to int) string {
	var b strings.Builder
	for _, l := range d.lines[from:min(to, len(d.lines))] {
		if b.Len() > maxExcerpt {
			break
		}
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.String()
}
