package signature

import (
	"fmt"
	"strings"
)

// outsideSignals end a process from outside: by a person, an init system, or the kernel when memory is short.
var outsideSignals = map[string]bool{"killed": true, "terminated": true, "interrupt": true, "hangup": true}

// outside returns the failure of a process that something outside it ended.
func outside(d *document, exit ExitInfo) (Failure, bool) {
	if exit.TimedOut || !outsideSignals[exit.Signal] {
		return Failure{}, false
	}
	s := "infra: killed from outside by signal " + exit.Signal
	return Failure{Kind: Infra, Signature: s, Family: s, Title: s, Test: lastTest(d), Excerpt: tail(d, 20), Lost: d.tests.Lost()}, true
}

// silent names a bad exit that nothing in the output explains, by its code and the last line printed.
func silent(d *document, exit ExitInfo) Failure {
	how := fmt.Sprintf("exit status %d", exit.Code)
	if exit.Signal != "" {
		how = "signal " + exit.Signal
	}
	kind, last, test := Exit, lastLine(d), lastTest(d)
	if strings.Contains(last, "race: limit on 8128 simultaneously alive goroutines") || strings.Contains(last, "ThreadSanitizer failed to allocate") {
		kind = Infra
	}
	f := Failure{Kind: kind, Test: test, Excerpt: tail(d, 20), Lost: d.tests.Lost()}
	f.Signature = fmt.Sprintf("%s: %s in %s: %s", kind, how, test, template(withoutDate(last)))
	f.Family = fmt.Sprintf("%s: %s in %s", kind, how, test)
	f.Title = how + " without a report"
	if test != "" {
		f.Title += " in " + test
	}
	if last != "" {
		f.Title += ": " + last
	}
	return f
}

// lastTest returns the test that was running at the end, as far as the output tells.
func lastTest(d *document) string {
	if lost := d.tests.Lost(); len(lost) == 1 {
		return lost[0]
	}
	return firstNonEmpty(d.testAt(len(d.lines)-1), d.tests.only())
}

// lastLine returns the last line of the output that is not empty and not framing.
func lastLine(d *document) string {
	for i := len(d.lines) - 1; i >= 0; i-- {
		l := strings.TrimSpace(d.lines[i])
		if l != "" && l != "FAIL" && l != "PASS" && !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- ") {
			return l
		}
	}
	return ""
}

// withoutDate removes the date and time that package log puts before a line.
func withoutDate(l string) string {
	const layout = "2006/01/02 15:04:05 "
	if len(l) < len(layout) {
		return l
	}
	if strings.Trim(l[:len(layout)], "0123456789/: ") == "" && l[4] == '/' && l[13] == ':' {
		return l[len(layout):]
	}
	return l
}

// tail returns the last n lines of the output.
func tail(d *document, n int) string { return d.excerpt(max(0, len(d.lines)-n), len(d.lines)) }
