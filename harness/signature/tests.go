package signature

import (
	"slices"
	"strings"
)

// A TestStatus is how a test ended, as far as the output tells.
type TestStatus string

// The ways in which a test ends. Started is the state of one that has not ended.
const (
	Started TestStatus = "started"
	Passed  TestStatus = "passed"
	Failed  TestStatus = "failed"
	Skipped TestStatus = "skipped"
)

// A TestResult is one test or subtest and how it ended.
type TestResult struct {
	Name   string // full name, with the names of its parents
	Status TestStatus
}

// Tests holds the tests of one process in the order of their start.
type Tests struct {
	list  []TestResult
	index map[string]int32
}

// ReadTests returns the tests that an output mentions. An output of a test binary run without -test.v mentions only the tests
// that failed.
func ReadTests(output []byte) Tests { return read(output).tests }

// All returns every test in the order of the first mention.
func (t Tests) All() []TestResult { return slices.Clone(t.list) }

// Status returns how a test ended, and whether the output mentions it at all.
func (t Tests) Status(name string) (TestStatus, bool) {
	i, ok := t.index[name]
	if !ok {
		return "", false
	}
	return t.list[i].Status, true
}

// Lost returns the tests that started and never ended.
func (t Tests) Lost() []string {
	var lost []string
	for _, r := range t.list {
		if r.Status == Started {
			lost = append(lost, r.Name)
		}
	}
	return lost
}

// only returns the one top-level test of the output, or "" if there are several or none.
func (t Tests) only() string {
	name := ""
	for _, r := range t.list {
		top, _, _ := strings.Cut(r.Name, "/")
		if name != "" && name != top {
			return ""
		}
		name = top
	}
	return name
}

// put records a status of a test and returns its index.
func (t *Tests) put(name string, s TestStatus) int32 {
	if t.index == nil {
		t.index = map[string]int32{}
	}
	i, ok := t.index[name]
	if !ok {
		i = int32(len(t.list))
		t.index[name] = i
		t.list = append(t.list, TestResult{Name: name, Status: s})
	}
	if s != Started {
		t.list[i].Status = s
	}
	return i
}

// endings are the lines that end a test.
var endings = []struct {
	prefix string
	status TestStatus
}{{"--- PASS: ", Passed}, {"--- FAIL: ", Failed}, {"--- SKIP: ", Skipped}}

// frame reads one line that may be framing of package testing and returns the test that the following lines belong to.
func (t *Tests) frame(line string, current int32) int32 {
	if rest, ok := strings.CutPrefix(line, "=== "); ok {
		return t.start(rest, current)
	}
	trimmed := strings.TrimLeft(line, " ")
	if !strings.HasPrefix(trimmed, "--- ") {
		return current
	}
	for _, e := range endings {
		if rest, ok := strings.CutPrefix(trimmed, e.prefix); ok {
			if name := ended(rest); name != "" {
				return t.put(name, e.status)
			}
		}
	}
	return current
}

// start reads the rest of a line "=== VERB  NAME".
func (t *Tests) start(rest string, current int32) int32 {
	verb, name, _ := strings.Cut(rest, " ")
	name = strings.TrimSpace(name)
	switch verb {
	case "NAME":
		if name == "" {
			return -1
		}
		return t.put(name, Started)
	case "RUN", "PAUSE", "CONT":
		if name == "" || strings.ContainsAny(name, " \t") {
			return current
		}
		return t.put(name, Started)
	}
	return current
}

// ended returns the name in "NAME (0.01s)", or "" if the text is not of that form.
func ended(rest string) string {
	at := strings.LastIndex(rest, " (")
	if at <= 0 || !strings.HasSuffix(rest, "s)") || strings.ContainsAny(rest[:at], " \t") {
		return ""
	}
	return rest[:at]
}
