package signature

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A Kind says what sort of failure was found.
type Kind string

// The kinds of failure.
const (
	Race      Kind = "race"      // a report of the race detector
	Panic     Kind = "panic"     // a panic that nobody recovered
	Fatal     Kind = "fatal"     // a fatal error of the runtime, or a fatal signal
	Deadlock  Kind = "deadlock"  // the runtime or a synctest bubble found that nobody can run
	Hang      Kind = "hang"      // the process or test did not end in its time
	Lock      Kind = "lock"      // a lock checker objects to how locks are taken
	Leak      Kind = "leak"      // goroutines outlived their test
	Assertion Kind = "assertion" // the test said that something is wrong
	Exit      Kind = "exit"      // the process ended badly without a report
	Order     Kind = "order"     // locks are locked in an order that can deadlock; a tracker in the process found it
	Infra     Kind = "infra"     // the environment failed: neither a pass nor a failure
)

// A Failure is one way in which a process failed.
type Failure struct {
	Kind Kind
	// Signature is the exact name: the same mistake at the same lines reads the same in every run and on every machine.
	Signature string
	// Family is Signature without lines: failures of one family are probably one mistake.
	Family string
	// Title is one line for people.
	Title string
	// Site is the file:line of the first user frame as printed, or empty.
	Site string
	// Test is the full name of the failing test, or empty if the output does not tell.
	Test string
	// Essence is what a person reads first, a few lines: both sides of a race, the user's frames of a panic, who waits where in a
	// deadlock, what a test complained about.
	Essence string
	// Excerpt is the part of the output that shows the failure, at most 16 KiB.
	Excerpt string
	// Count is how often the failure was reported in this output, at least 1. Only races repeat.
	Count int
	// Lost lists the tests that had started and never finished because this failure ended the process.
	Lost []string
}

// ID returns a short name for files and columns: the kind, a dash and eight hexadecimal digits of a hash of Signature.
func (f Failure) ID() string {
	sum := sha256.Sum256([]byte(f.Signature))
	return string(f.Kind) + "-" + hex.EncodeToString(sum[:4])
}

// An ExitInfo says how the process ended.
type ExitInfo struct {
	// Code is the exit code, or -1 if a signal ended the process.
	Code int
	// Signal names the signal that ended the process ("killed", "segmentation fault"), or is empty.
	Signal string
	// TimedOut is true if the caller ended the process because it took too long, by SIGQUIT where there is one.
	TimedOut bool
}

// bad reports whether the process ended in any way but exit code 0.
func (e ExitInfo) bad() bool { return e.Code != 0 || e.Signal != "" || e.TimedOut }

// Good reports whether the process ended with exit code 0.
func (e ExitInfo) Good() bool { return !e.bad() }

// Parse returns the failures that the output of a process shows, in the order races, crash, leaks, assertions. Equal failures
// of one test are merged and counted. A bad exit always yields at least one failure; a good one yields only data races, since
// anything else in the output of a passing process is the program quoting something.
func Parse(output []byte, exit ExitInfo) []Failure {
	d := read(output)
	found := races(d)
	if exit.bad() {
		found = append(found, ends(d, exit, len(found) > 0)...)
	}
	for i := range found {
		finish(d, &found[i])
	}
	return merge(found)
}

// ends returns the failures other than races of a process that ended badly.
func ends(d *document, exit ExitInfo, raced bool) []Failure {
	var found []Failure
	if f, ok := outside(d, exit); ok {
		return []Failure{f}
	}
	for _, f := range lockReports(d) {
		f.Lost = d.tests.Lost()
		found = append(found, f)
	}
	crashed, ok := crash(d, exit)
	if ok && (len(found) == 0 || crashed.Kind != Hang) {
		crashed.Lost = d.tests.Lost()
		found = append(found, crashed)
	}
	found = append(found, leaks(d)...)
	found = append(found, assertions(d, raced, crashed)...)
	if len(found) == 0 && (!raced || !explainedByRace(exit)) {
		found = append(found, silent(d, exit))
	}
	return found
}

// explainedByRace reports whether a process that reported a race ends like this without further cause.
func explainedByRace(exit ExitInfo) bool { return exit.Code == 1 || exit.Code == 66 }

// finish fills what every kind of failure has in common.
func finish(d *document, f *Failure) {
	f.Count = max(f.Count, 1)
	if f.Test == "" {
		f.Test = d.tests.only()
	}
	f.Signature = clip(f.Signature, maxSignature)
	f.Family = clip(f.Family, maxSignature)
	f.Title = clip(f.Title, maxTitle)
	f.Excerpt = clip(f.Excerpt, maxExcerpt)
	if f.Essence == "" {
		f.Essence = shorten(withoutEmptySections(strings.Split(f.Excerpt, "\n")))
	}
	f.release()
}

// release copies the texts of a failure, so that it does not keep the whole output in memory of which they are parts.
func (f *Failure) release() {
	for _, s := range []*string{&f.Signature, &f.Family, &f.Title, &f.Site, &f.Test, &f.Excerpt, &f.Essence} {
		*s = strings.Clone(*s)
	}
	f.Lost = slices.Clone(f.Lost)
	for i := range f.Lost {
		f.Lost[i] = strings.Clone(f.Lost[i])
	}
}

// Limits of the texts of a Failure, in bytes.
const (
	maxSignature = 4 << 10
	maxTitle     = 300
	maxExcerpt   = 16 << 10
)

// merge adds up failures that have the same signature and test, keeping the order of first appearance.
func merge(found []Failure) []Failure {
	type key struct{ signature, test string }
	at := map[key]int{}
	merged := found[:0]
	for _, f := range found {
		k := key{f.Signature, f.Test}
		if i, ok := at[k]; ok {
			merged[i].Count += f.Count
			continue
		}
		at[k] = len(merged)
		merged = append(merged, f)
	}
	return slices.Clip(merged)
}
