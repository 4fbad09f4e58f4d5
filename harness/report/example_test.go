package report_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A run is a stream of events; Text is one of the ways to see it.
func Example() {
	clock := func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }
	var tally report.Tally
	out := report.NewMulti(clock, &tally, report.NewText(os.Stdout, report.TextOptions{}))
	out.Emit(report.Event{Kind: report.Start, Engine: "stress", Package: "lockfree", Targets: []string{"treiber-stack"}, Cores: 2, Seed: 0x5eed17})
	out.Emit(report.Event{Kind: report.Verdict, Target: "treiber-stack", Status: report.Violated, Histories: 37, After: 400 * time.Millisecond,
		Property: "linearizable", Message: "no order explains 1", Evidence: "c0  |-- push(1) --|\nc1      |-- pop 1, 1 --|",
		Case: "testdata/cases/treiber-stack-linearizable-9f1c.case"})
	out.Emit(tally.Summary())
	if err := out.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// stress   lockfree   1 target, 2 cores, seed 0x5eed17
	//
	// FAIL     treiber-stack      after 0.4s: linearizable: no order explains 1
	//
	//   c0  |-- push(1) --|
	//   c1      |-- pop 1, 1 --|
	//
	//   saved    testdata/cases/treiber-stack-linearizable-9f1c.case
	//
	// 1 target failed in 37 histories        exit 1
}

// A parent reads the events of a child, among other output of it.
func ExampleDecode() {
	child := `{"time":"2026-11-23T08:00:00Z","event":"start","schema":1,"seed":"0x5eed17"}
some other output
{"time":"2026-11-23T08:00:09Z","event":"verdict","target":"ring","status":"held"}
`
	for e, err := range report.Decode(strings.NewReader(child)) {
		switch {
		case err != nil:
			fmt.Println(err)
		case e.Kind == report.Start:
			fmt.Println("started with seed", e.Seed)
		case e.Kind == report.Verdict:
			fmt.Println(e.Name(), e.Status)
		}
	}
	// Output:
	// started with seed 0x5eed17
	// line 2: no JSON object: "some other output"
	// ring held
}

func ExampleExitTable() {
	first, _, _ := strings.Cut(report.ExitTable(), "\n")
	fmt.Println(first)
	// Output: 0  all properties held
}
