package signature

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What changes in an output from run to run, from machine to machine, and from edit to edit.
var (
	addresses  = regexp.MustCompile(`0x[0-9a-f]{3,}`)
	goroutines = regexp.MustCompile(`\b([Gg]oroutine )(\d+)`)
	durations  = regexp.MustCompile(`\(\d+\.\d\ds\)`)
	waits      = regexp.MustCompile(`(?m)^(goroutine \d+ .*\[(?:chan receive|sync\.Mutex\.Lock|select|sync\.WaitGroup\.Wait))\]:$`)
	lineNumber = regexp.MustCompile(`(\.go:)(\d+)`)
	mistakes   = regexp.MustCompile(`(account )(\d+)`)
)

// disturbances are the changes that must not change a Signature, by what they change.
var disturbances = map[string]func(text string, n int) string{
	"addresses": func(text string, n int) string {
		return addresses.ReplaceAllStringFunc(text, func(a string) string { return fmt.Sprintf("0x%0*x", len(a)-2, (len(a)*7919+n*104729)&0xfffff) })
	},
	"goroutines": func(text string, n int) string {
		return goroutines.ReplaceAllStringFunc(text, func(g string) string {
			m := goroutines.FindStringSubmatch(g)
			id, _ := strconv.Atoi(m[2])
			if id == 0 {
				return g
			}
			return m[1] + strconv.Itoa(id+n)
		})
	},
	"times": func(text string, n int) string {
		return durations.ReplaceAllString(text, fmt.Sprintf("(%d.%02ds)", n, n%100))
	},
	"minutes": func(text string, n int) string {
		return waits.ReplaceAllString(text, fmt.Sprintf("$1, %d minutes]:", n+1))
	},
	"machine": func(text string, n int) string {
		return strings.ReplaceAll(text, "/src/broken/", fmt.Sprintf("/home/u%d/b/", n))
	},
	"numbers":   func(text string, n int) string { return mistakes.ReplaceAllString(text, "${1}"+strconv.Itoa(n)) },
	"line ends": func(text string, _ int) string { return strings.ReplaceAll(text, "\n", "\r\n") },
}

// edited moves all lines of the tested code down by n, as an edit above them does.
func edited(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if strings.Contains(l, "_test.go:") {
			lines[i] = lineNumber.ReplaceAllStringFunc(l, func(s string) string {
				old, _ := strconv.Atoi(s[len(".go:"):])
				return ".go:" + strconv.Itoa(old+n)
			})
		}
	}
	return strings.Join(lines, "")
}

// names returns the names of failures, of one level.
func names(found []Failure, level func(Failure) string) string {
	var all []string
	for _, f := range found {
		all = append(all, level(f)+fmt.Sprintf(" x%d in %s", f.Count, f.Test))
	}
	return strings.Join(all, "\n")
}

func exactly(f Failure) string { return f.Signature }
func family(f Failure) string  { return f.Family }

func TestSignaturesDoNotChangeFromRunToRun(t *testing.T) {
	for name, output := range recordings(t) {
		want := names(Parse(output, exitOf(name)), exactly)
		all := string(output)
		for what, disturb := range disturbances {
			for _, n := range shifts() {
				if got := names(Parse([]byte(disturb(string(output), n)), exitOf(name)), exactly); got != want {
					t.Errorf("%s with other %s:\n%s\nwant\n%s", name, what, got, want)
				}
			}
			all = disturb(all, 5)
		}
		if got := names(Parse([]byte(all), exitOf(name)), exactly); got != want {
			t.Errorf("%s with everything changed at once:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestFamiliesDoNotChangeFromEditToEdit(t *testing.T) {
	moved := 0
	for name, output := range recordings(t) {
		before, after := Parse(output, exitOf(name)), Parse([]byte(edited(string(output), 40)), exitOf(name))
		if got, want := names(after, family), names(before, family); got != want {
			t.Errorf("%s after an edit:\n%s\nwant\n%s", name, got, want)
		}
		if names(after, exactly) != names(before, exactly) {
			moved++
		}
	}
	if moved < 20 {
		t.Errorf("the edit moved only %d of the recorded failures: it proves little", moved)
	}
}

// TestDisturbancesDisturb proves that the stability tests change what they claim to change.
func TestDisturbancesDisturb(t *testing.T) {
	for what, disturb := range disturbances {
		changed := 0
		for _, output := range recordings(t) {
			if disturb(string(output), 5) != string(output) {
				changed++
			}
		}
		if changed == 0 {
			t.Errorf("no recording has %s to change", what)
		}
	}
}

// TestDifferentMistakesDiffer proves that the names are not equal because they say nothing.
func TestDifferentMistakesDiffer(t *testing.T) {
	again := map[string]bool{"panic-nil-quiet": true, "assert-quiet": true, "race-package-quiet": true, "hang-timeout": true, "leak-main": true,
		"race-panic": true} // the mistakes of other recordings, seen in another way
	seen := map[string]string{}
	for name, output := range recordings(t) {
		if again[name] {
			continue
		}
		for _, f := range Parse(output, exitOf(name)) {
			if other, ok := seen[f.Signature]; ok && other != name {
				t.Errorf("%s and %s are both named %s", name, other, f.Signature)
			}
			seen[f.Signature] = name
		}
	}
}

// TestQuietAndVerboseOutputAgree: the same mistake has one name, with or without -test.v.
func TestQuietAndVerboseOutputAgree(t *testing.T) {
	all := recordings(t)
	quiet, verbose := Parse(all["panic-nil-quiet"], ExitInfo{Code: 2}), Parse(all["panic-nil"], ExitInfo{Code: 2})
	if names(quiet, exactly) != names(verbose, exactly) {
		t.Errorf("quiet %s\nverbose %s", names(quiet, exactly), names(verbose, exactly))
	}
	own, asked := Parse(all["hang-timeout"], ExitInfo{Code: 2}), Parse(all["hang-lockorder"], ExitInfo{Code: 2, TimedOut: true})
	if names(own, exactly) != names(asked, exactly) {
		t.Errorf("by its own time limit %s\nby a signal %s", names(own, exactly), names(asked, exactly))
	}
}

// shifts are the amounts by which things are changed.
func shifts() []int {
	if testing.Short() {
		return []int{37}
	}
	return []int{1, 37}
}
