package signature

import (
	"regexp"
	"strings"
)

// A logged is one message of t.Log, t.Error or t.Fatal.
type logged struct {
	line  int    // in the document
	end   int    // after its last line
	site  string // "queue_test.go:12"
	first string
	rest  []string
}

// logLine matches the first line of a message; the continuation of one is indented by four more spaces.
var logLine = regexp.MustCompile(`^( {4,})([^\s:][^:]*\.go:\d+): ?(.*)$`)

// raceRemark is what package testing adds to a test during which the detector reported.
const raceRemark = "race detected during execution of test"

// assertions returns one failure for each test that failed by its own word. A test that has only failed subtests, or only a
// race or a crash that was named already, has none.
func assertions(d *document, raced bool, crashed Failure) []Failure {
	logs, parents, ends := collectLogs(d), d.tests.failedParents(), d.failLines()
	var found []Failure
	for _, r := range d.tests.list {
		said := logs[r.Name]
		named := crashed.Kind != "" && (len(said) == 0 || r.Name == crashed.Test)
		if r.Status != Failed || named || len(said) == 0 && parents[r.Name] {
			continue
		}
		if f, ok := assertion(d, r.Name, said, raced); ok {
			if f.Excerpt == "" {
				f.Excerpt = d.ending(ends, r.Name)
			}
			found = append(found, f)
		}
	}
	return found
}

// failedParents returns the tests of which a subtest failed.
func (t Tests) failedParents() map[string]bool {
	parents := map[string]bool{}
	for _, r := range t.list {
		if r.Status != Failed {
			continue
		}
		for i := range len(r.Name) {
			if r.Name[i] == '/' {
				parents[r.Name[:i]] = true
			}
		}
	}
	return parents
}

// collectLogs gathers the messages of every test.
func collectLogs(d *document) map[string][]logged {
	logs := map[string][]logged{}
	for i := 0; i < len(d.lines); i++ {
		if !strings.HasPrefix(d.lines[i], "    ") {
			continue
		}
		m := logLine.FindStringSubmatch(d.lines[i])
		name := d.testAt(i)
		if m == nil || name == "" {
			continue
		}
		l := logged{line: i, site: m[2], first: m[3]}
		indent := m[1] + "    "
		for i+1 < len(d.lines) && strings.HasPrefix(d.lines[i+1], indent) {
			i++
			l.rest = append(l.rest, strings.TrimSpace(d.lines[i]))
		}
		l.end = i + 1
		logs[name] = append(logs[name], l)
	}
	return logs
}

// complaint matches messages that read like a failure.
var complaint = regexp.MustCompile(`(?i)error|fail|want|got\b|expect|unexpected|mismatch|timeout|timed out|wrong|must|should|` +
	`not equal|invalid|missing|lost|corrupt|violat|!=|diff|cannot|can't|panic|deadlock|leak`)

// assertion names the failure of one test by its messages.
func assertion(d *document, test string, logs []logged, raced bool) (Failure, bool) {
	var own []logged
	remark := false
	for _, l := range logs {
		switch {
		case strings.HasSuffix(l.first, leakHeader):
			return Failure{}, false
		case strings.HasPrefix(l.site, "testing.go:") && strings.HasPrefix(l.first, raceRemark):
			remark = true
		default:
			own = append(own, l)
		}
	}
	l, sure := choose(own)
	if remark && raced && !sure {
		return Failure{}, false
	}
	if remark && !raced {
		return Failure{Kind: Race, Test: test, Signature: "race: unknown | unknown in " + test, Family: "race: unknown in " + test,
			Title: "data race in " + test + ", whose report is missing"}, true
	}
	return assertionFailure(d, test, l), true
}

// choose picks the message that most likely made a test fail: the first that reads like a complaint, or the last.
func choose(logs []logged) (l logged, sure bool) {
	for _, l := range logs {
		if complaint.MatchString(l.text()) {
			return l, true
		}
	}
	if len(logs) == 0 {
		return logged{}, false
	}
	return logs[len(logs)-1], false
}

// text returns the line of a message that says what is wrong. Some assertion libraries print a table of labels instead.
func (l logged) text() string {
	if strings.TrimSpace(l.first) != "" {
		return l.first
	}
	for _, r := range l.rest {
		if after, ok := strings.CutPrefix(r, "Error:"); ok {
			return strings.TrimSpace(after)
		}
	}
	for _, r := range l.rest {
		if r != "" {
			return r
		}
	}
	return ""
}

// assertionFailure builds the failure from the message chosen.
func assertionFailure(d *document, test string, l logged) Failure {
	text := firstNonEmpty(l.text(), "failed without a message")
	f := Failure{Kind: Assertion, Test: test, Site: l.site}
	t := template(text)
	name := stableName(test)
	f.Signature = "assertion: " + name + " " + l.site + ": " + t
	f.Family = "assertion: " + name + ": " + t
	f.Title = test + ": " + text
	f.Excerpt = d.excerpt(l.line, l.end)
	return f
}

// stableName returns the name of a test without the numbers that subtests of generated tables carry.
func stableName(test string) string {
	topLevel, sub, ok := strings.Cut(test, "/")
	if !ok {
		return test
	}
	return topLevel + "/" + number.ReplaceAllString(sub, "N")
}

// failLines returns the lines that declare tests failed, by test.
func (d *document) failLines() map[string]int {
	lines := map[string]int{}
	for i, l := range d.lines {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(l, " "), failPrefix); ok {
			if name := ended(rest); name != "" {
				lines[name] = i
			}
		}
	}
	return lines
}

// ending shows the line that declares a test failed and what follows it up to the next framing line.
func (d *document) ending(failLines map[string]int, test string) string {
	from, ok := failLines[test]
	if !ok {
		return ""
	}
	to := from + 1
	for to < min(len(d.lines), from+20) && !strings.HasPrefix(d.lines[to], "=== ") && !strings.HasPrefix(d.lines[to], "--- ") {
		to++
	}
	return d.excerpt(from, to)
}
