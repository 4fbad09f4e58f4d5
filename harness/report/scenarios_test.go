package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

// morning is when all scenarios begin.
var morning = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// fakeClock returns a clock that is a second later each time.
func fakeClock() func() time.Time {
	now := morning.Add(-time.Second)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

const table = `3 goroutines wait, and nothing can wake them:
  G2 reader  waits at sync.Cond.Wait   queue.go:41  for q.notEmpty
  G1 test    waits at WaitGroup.Wait   queue_test.go:27

  step  G2 reader                  G4 writer
     1  Lock            :39
        ---- deadlock: nobody can run
`

// heldRun is a run in which all went well.
var heldRun = []Event{
	{Kind: Start, Engine: "stress", Package: "lockfree", Targets: []string{"treiber-stack", "michael-scott"}, Cores: 2, Seed: 0x5eed17,
		Budget: 30 * time.Second},
	{Kind: Run, Target: "treiber-stack"},
	{Kind: Progress, Target: "treiber-stack", Histories: 100, Operations: 120_000},
	{Kind: Verdict, Target: "treiber-stack", Status: Held, Histories: 920, Operations: 1_104_000, Open: 4.8123, MaxOpen: 8,
		Details: []string{"linearizable", "no leak", "lock-free progress"}, Elapsed: 15 * time.Second},
	{Kind: Run, Target: "michael-scott"},
	{Kind: Verdict, Target: "michael-scott", Status: Held, Histories: 3390, Operations: 84_000, Open: 5, Details: []string{"linearizable"},
		Elapsed: 15*time.Second + 100*time.Millisecond},
	{Kind: End, Histories: 4310, Elapsed: 30*time.Second + 100*time.Millisecond, Counts: &Counts{Held: 2}, Exit: new(ExitHeld),
		NotProved: []string{"4 310 clean histories bound the failure rate below 0.07 % a history (95 %)", "no schedule was exhausted"}},
}

// failedRun explores a package of somebody else.
var failedRun = []Event{
	{Kind: Start, Engine: "explore", Package: "mailqueue/queue", Subject: "test",
		Targets: []string{"TestPutGet", "TestDrain", "TestManyReaders", "TestSMTP"},
		Details: []string{"instrumented 9 files, 214 points", "canary found"}},
	{Kind: Verdict, Target: "TestPutGet", Status: Held, Schedules: 1240, Space: 1, Elapsed: 300 * time.Millisecond},
	{Kind: Verdict, Target: "TestDrain", Status: Held, Schedules: 20_000, Space: 0.37, Elapsed: 2100 * time.Millisecond},
	{Kind: Violation, Target: "TestManyReaders", Status: Violated, Property: "deadlock", Where: "schedule 14 (pos)", After: 20 * time.Millisecond,
		From: 61, To: 2, Unit: "forced switches", Reproduced: 2, Replays: 2, Evidence: table,
		Case:    "testdata/harness/TestManyReaders-deadlock-9f1c.case",
		Replay:  "harness repro testdata/harness/TestManyReaders-deadlock-9f1c.case",
		Explain: "harness explain testdata/harness/TestManyReaders-deadlock-9f1c.case --html"},
	{Kind: Verdict, Target: "TestManyReaders", Status: Violated, Schedules: 14, Failures: 1},
	{Kind: Verdict, Target: "TestSMTP", Status: Skipped,
		Message: "opens a real socket (smtp_test.go:18): ran 40 times under stress with injected yields instead; not explored"},
	{Kind: End, Subject: "test", Schedules: 21_254, Elapsed: 9800 * time.Millisecond, Counts: &Counts{Held: 2, Violated: 1, Skipped: 1},
		Exit: new(ExitViolated)},
}

// propertyRun judges properties of one target; its verdict speaks for itself.
var propertyRun = []Event{
	{Kind: Start, Engine: "chaos", Package: "kv", Subject: "property", Targets: []string{"no-leak", "linearizable"}, Seed: 0x5eed17,
		Details: []string{"faults partition, pause"}},
	{Kind: Fault, Target: "linearizable", Site: "net", Key: "n1-n2", Nth: 3, Action: "partition"},
	{Kind: Shrink, Target: "linearizable", From: 212, To: 4, Unit: "operations"},
	{Kind: Verdict, Target: "no-leak", Status: Held, Histories: 412},
	{Kind: Verdict, Target: "linearizable", Status: Violated, Where: "history 37", After: 400 * time.Millisecond, Message: "no order explains 1",
		From: 212, To: 4, Unit: "operations", Reproduced: 5, Replays: 5, Evidence: "client 0  |-- put a=1 --|\n",
		Histories: 412, Failures: 7, Rate: &Rate{Estimate: 7. / 412, Low: 0.00686, High: 0.0347},
		Case: "testdata/cases/kv/linearizable-5eed17.case", Replay: "harness repro testdata/cases/kv/linearizable-5eed17.case"},
	{Kind: Note, Message: "61 % of histories had a fault inside an operation"},
	{Kind: End, Subject: "property", Histories: 412, Elapsed: 30 * time.Second, Counts: &Counts{Held: 1, Violated: 1}, Exit: new(ExitViolated)},
}

// bugRun runs wrong twins.
var bugRun = []Event{
	{Kind: Start, Engine: "stress", Package: "lockfree", Targets: []string{"treiber-stack#aba", "treiber-stack#lost-push"}, Cores: 1, Seed: 7},
	{Kind: Violation, Target: "treiber-stack", Bug: "aba", Status: Violated, Property: "linearizable", Message: "no order explains pop",
		After: 400 * time.Millisecond, Evidence: "c0 |-- pop --|", Case: "a.case", Replay: "harness repro a.case"},
	{Kind: Verdict, Target: "treiber-stack", Bug: "aba", Status: Caught, Histories: 37, Elapsed: time.Second},
	{Kind: Verdict, Target: "treiber-stack", Bug: "lost-push", Status: Missed, Histories: 920, Operations: 58_000, Open: 0.5,
		NotProved: []string{"half an operation was open: this tests little"}},
	{Kind: End, Histories: 957, Elapsed: 2 * time.Minute, Counts: &Counts{Caught: 1, Missed: 1}, Exit: new(ExitViolated)},
}

// roughRun has everything that goes wrong: two failures of one target, side by side with another package, broken text, a stop.
var roughRun = []Event{
	{Kind: Start, Engine: "race", Package: "./...", Seed: 1<<64 - 1},
	{Kind: Run, Package: "a/pool"},
	{Kind: Run, Package: "a/pool", Target: "TestGrow"},
	{Kind: Run, Package: "a/ring", Target: "TestPut"},
	{Kind: Violation, Package: "a/pool", Target: "TestGrow", Property: "race", Message: "write grow | read Get", After: 3 * time.Second,
		Evidence: "WARNING: DATA RACE\n\x1b[31mWrite\x1b[0m at \xff\n]]> & <tag>\n\n"},
	{Kind: Violation, Package: "a/ring", Target: "TestPut", Property: "panic", Message: "panic: index out of range\ngoroutine 7", Evidence: "stack"},
	{Kind: Violation, Package: "a/pool", Target: "TestGrow", Property: "leak", Message: "3 goroutines", Replay: "harness race ./pool --seed 0x1"},
	{Kind: "weather", Message: "from a later version"},
	{Kind: Verdict, Package: "a/pool", Target: "TestGrow", Status: Violated, Histories: 1, Elapsed: 5 * time.Second},
	{Kind: Verdict, Package: "a/pool", Target: "TestIdle", Status: Inconclusive, Message: "nothing overlapped", Histories: 40, Operations: 640},
	{Kind: Verdict, Package: "a/gone", Status: Errored, Message: "build failed: undefined: x"},
	{Kind: Verdict, Package: "a/odd", Target: "TestNew", Status: "peculiar", Message: "outcome of a later version"},
	{Kind: Run, Package: "a/ring", Target: "TestGet"},
	{Kind: Run, Package: "a/ring", Target: "TestPut", Bug: "wrap"},
	{Kind: Violation, Package: "a/ring", Target: "TestPut", Bug: "wrap", Message: "lost"},
	{Kind: End, Subject: "test", Counts: &Counts{Violated: 2, Caught: 1, Inconclusive: 3, Errors: 1}, Message: "interrupted", Exit: new(ExitInterrupted)},
}

var scenarios = map[string][]Event{
	"held": heldRun, "failed": failedRun, "property": propertyRun, "bugs": bugRun, "rough": roughRun,
	"nothing": {{Kind: Start, Engine: "stress", Package: "none"}, {Kind: End, Counts: &Counts{}, Exit: new(ExitInconclusive)}},
}

// play emits events into sinks, through a Multi with a fake clock.
func play(t testing.TB, events []Event, sinks ...Sink) {
	t.Helper()
	m := NewMulti(fakeClock(), sinks...)
	for _, e := range events {
		m.Emit(e)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// golden compares with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func text(t testing.TB, events []Event, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	play(t, events, NewText(&b, o))
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, events := range scenarios {
		var lines bytes.Buffer
		xml := filepath.Join(t.TempDir(), "junit.xml")
		play(t, events, NewJSON(&lines), NewJUnit(xml))
		golden(t, name+".txt", []byte(text(t, events, TextOptions{})))
		golden(t, name+"-verbose.txt", []byte(text(t, events, TextOptions{Verbose: true})))
		golden(t, name+".jsonl", lines.Bytes())
		data, err := os.ReadFile(xml)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".xml", data)
	}
}

// TestNobodyKnowsMore renders each scenario from its JSON: the text must be the same as from the events, and the JSON as well.
func TestNobodyKnowsMore(t *testing.T) {
	for name, events := range scenarios {
		var first, second bytes.Buffer // broken UTF-8 is written in two ways, hence the comparison of events
		play(t, events, NewJSON(&first))
		again, err := ReadAll(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		play(t, again, NewJSON(&second))
		if twice, err := ReadAll(&second); err != nil || !reflect.DeepEqual(twice, again) {
			t.Errorf("%s: JSON of JSON: %v\n%+v\nwant\n%+v", name, err, twice, again)
		}
		for _, o := range []TextOptions{{}, {Verbose: true}, {Colour: true}} {
			if got, want := text(t, again, o), text(t, events, o); got != want {
				t.Errorf("%s: text of JSON:\n%s\nwant\n%s", name, got, want)
			}
		}
	}
}
