package report

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// TestColourIsNoMeaning takes the colours away: the text must be that without colours.
func TestColourIsNoMeaning(t *testing.T) {
	escape := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for name, events := range scenarios {
		coloured, plain := text(t, events, TextOptions{Colour: true}), text(t, events, TextOptions{})
		if got := escape.ReplaceAllString(coloured, ""); got != plain {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, plain)
		}
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: a plain text has escapes", name)
		}
	}
	for word, code := range map[string]string{"ok": green, "FAIL": boldRed, "caught": green, "missed": boldRed, "skipped": yellow, "????": yellow} {
		all := ""
		for _, events := range scenarios {
			all += text(t, events, TextOptions{Colour: true})
		}
		if !strings.Contains(all, code+word+plainColour) {
			t.Errorf("%q is nowhere in its colour", word)
		}
	}
}

// TestWordsAreAligned holds the promise that a person can read down the column.
func TestWordsAreAligned(t *testing.T) {
	for _, s := range append([]Status{"peculiar"}, statuses...) {
		var b strings.Builder
		NewText(&b, TextOptions{}).Emit(Event{Kind: Verdict, Target: "x", Status: s, Message: "m"})
		if strings.Index(b.String(), "x") != wordWidth {
			t.Errorf("%s: %q", s, b.String())
		}
	}
}

// TestCloseTellsOfFailures ends a run in the middle: what was found must be told.
func TestCloseTellsOfFailures(t *testing.T) {
	got := text(t, failedRun[:4], TextOptions{})
	if !strings.Contains(got, "FAIL     TestManyReaders") || !strings.Contains(got, "nothing can wake them") {
		t.Errorf("got\n%s", got)
	}
}

func TestNoTrailingBlanks(t *testing.T) {
	for name, events := range scenarios {
		for i, l := range strings.Split(text(t, events, TextOptions{Verbose: true}), "\n") {
			if l != strings.TrimRight(l, " ") {
				t.Errorf("%s: line %d ends with blanks: %q", name, i+1, l)
			}
		}
		if got := text(t, events, TextOptions{}); strings.Contains(got, "\n\n\n") || strings.HasPrefix(got, "\n") {
			t.Errorf("%s: too many empty lines:\n%s", name, got)
		}
	}
}

func TestClosing(t *testing.T) {
	for want, e := range map[string]Event{
		"5 targets held in 4 310 histories (30.1s)":          {Counts: &Counts{Held: 5}, Histories: 4310, Elapsed: 30100 * time.Millisecond},
		"1 test held in 1 schedule":                          {Counts: &Counts{Held: 1}, Schedules: 1, Subject: "test"},
		"4 of 5 targets held, 1 skipped":                     {Counts: &Counts{Held: 4, Skipped: 1}},
		"1 of 12 tests failed in 22 411 schedules":           {Counts: &Counts{Held: 11, Violated: 1}, Schedules: 22411, Subject: "test"},
		"2 targets failed":                                   {Counts: &Counts{Violated: 2}},
		"1 of 3 properties violated":                         {Counts: &Counts{Held: 2, Violated: 1}, Subject: "property"},
		"1 target held, 2 bugs caught":                       {Counts: &Counts{Held: 1, Caught: 2}},
		"1 of 3 bugs missed in 9 operations":                 {Counts: &Counts{Caught: 2, Missed: 1}, Operations: 9},
		"1 inconclusive, 2 could not run        exit 3":      {Counts: &Counts{Inconclusive: 1, Errors: 2}, Exit: new(ExitCannotRun)},
		"nothing was run        exit 4":                      {Exit: new(ExitInconclusive)},
		"1 target held in 2 histories, 3 schedules; stopped": {Counts: &Counts{Held: 1}, Histories: 2, Schedules: 3, Message: "stopped"},
	} {
		if got := closing(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// readJUnit reads a file back with the library's own types.
func readJUnit(t *testing.T, path string) (all junit.Testsuites) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(data, &all); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return all
}

// TestJUnitCounts compares the totals of the file with those of the end event.
func TestJUnitCounts(t *testing.T) {
	for name, events := range scenarios {
		path := filepath.Join(t.TempDir(), "junit.xml")
		play(t, events, NewJUnit(path))
		all := readJUnit(t, path)
		c := *events[len(events)-1].Counts
		if all.Tests != c.Total() || all.Failures != c.Violated+c.Missed || all.Errors != c.Inconclusive+c.Errors || all.Skipped != c.Skipped {
			t.Errorf("%s: %d tests, %d failures, %d errors, %d skipped; want those of %+v", name, all.Tests, all.Failures, all.Errors, all.Skipped, c)
		}
		if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
			t.Errorf("%s: %d files, %v; want one", name, len(files), err)
		}
	}
}

// TestJUnitHasWhatHelps looks for the way on in the failure.
func TestJUnitHasWhatHelps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "junit.xml")
	play(t, failedRun, NewJUnit(path))
	f := readJUnit(t, path).Suites[0].Testcases[2].Failure
	for _, part := range []string{"nothing can wake them", "harness repro testdata/", "9f1c.case"} {
		if !strings.Contains(f.Data, part) {
			t.Errorf("no %q in %q", part, f.Data)
		}
	}
	if f.Type != "deadlock" || !strings.Contains(f.Message, "schedule 14") {
		t.Errorf("type %q, message %q", f.Type, f.Message)
	}
}

// TestJUnitAtClose writes the file of a run that was cut off, and does not write it twice.
func TestJUnitAtClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "junit.xml")
	j := NewJUnit(path)
	for _, e := range failedRun[:4] {
		j.Emit(e)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before the end")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if all := readJUnit(t, path); all.Failures != 1 || all.Tests != 3 {
		t.Errorf("%d of %d failed", all.Failures, all.Tests)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was written again")
	}
}

// TestJUnitSparesDevices gives a device instead of a file: it is written to, not replaced.
func TestJUnitSparesDevices(t *testing.T) {
	play(t, heldRun, NewJUnit(os.DevNull))
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is a plain file now (%v)", os.DevNull, err)
	}
}

// TestSideBySide runs targets in parallel: each block must have the violations of its own target, in their order.
func TestSideBySide(t *testing.T) {
	names := []string{"a", "b", "c"}
	var events []Event
	for i := range 3 {
		for _, n := range names {
			events = append(events, Event{Kind: Violation, Target: n, Message: n + " fails " + Count(int64(i))})
		}
	}
	for _, n := range []string{"c", "a", "b"} {
		events = append(events, Event{Kind: Verdict, Target: n, Status: Violated})
	}
	got := regexp.MustCompile(`(?m)^  (. fails .)$`).FindAllStringSubmatch(text(t, events, TextOptions{}), -1)
	var order []string
	for _, m := range got {
		order = append(order, m[1])
	}
	want := "c fails 0, c fails 1, c fails 2, a fails 0, a fails 1, a fails 2, b fails 0, b fails 1, b fails 2"
	if strings.Join(order, ", ") != want {
		t.Errorf("got %q, want %q", order, want)
	}
}

// TestNoteOfATarget goes to the target, in the text and in JUnit.
func TestNoteOfATarget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "junit.xml")
	events := []Event{{Kind: Start, Engine: "soak", Package: "kv"}, {Kind: Note, Target: "map", Message: "grew by 3 KiB"}, {Kind: End}}
	play(t, events, NewJUnit(path))
	if got := readJUnit(t, path).Suites[0].SystemOut.Data; got != "map: grew by 3 KiB" {
		t.Errorf("in JUnit: %q", got)
	}
	if got := text(t, events, TextOptions{}); !strings.Contains(got, "note     map                grew by 3 KiB\n") {
		t.Errorf("in the text: %q", got)
	}
}

// TestWork says what ran for each way of running.
func TestWork(t *testing.T) {
	for want, e := range map[string]Event{
		"    1 000 ops in     1 history":            {Operations: 1000, Histories: 1},
		"exhausted: all 6 schedules               ": {Schedules: 6, Space: 1},
		"1 schedule, about 0.5 % of the space     ": {Schedules: 1, Space: 0.005},
		"7 schedules                              ": {Schedules: 7},
		"7 histories, 9 schedules":                  {Histories: 7, Schedules: 9},
		"7 histories":                               {Histories: 7},
		"9 operations":                              {Operations: 9},
		"":                                          {},
	} {
		if got := work(e); got != want {
			t.Errorf("%+v: got %q, want %q", e, got, want)
		}
	}
}
