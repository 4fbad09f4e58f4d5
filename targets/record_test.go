package targets_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/targets"
)

var update = flag.Bool("update", false, "write TRACK-RECORD.md anew")

const recordHead = `# Track record

Every seeded bug of every target, with the smallest failure that is kept of it under testdata/cases. go test replays each of them, and the correct twin under
the same schedule, which must not fail. This table is written from the declarations and the case files:

    go test ./targets -run TestTrackRecord -update

To find them all again, with the time to detection:

    $ harness stress all --bugs

*Under explore* is what the case says that harness explore has saved, where one is kept: with every operation of the goroutines a decision, in the same code.
*Replay* is what the case file promises: exact (k of n replays failed, and every further one will), or statistical with the measured rate.

`

// TestTrackRecord asks that every seeded bug has a saved failure, and that the page says what the files say.
func TestTrackRecord(t *testing.T) {
	kept, explored := map[string]*casefile.Case{}, map[string]*casefile.Case{}
	for e := range casefile.Walk(cases) {
		switch {
		case e.Err != nil:
		case explore.Owns(e.Case):
			explored[e.Case.Target+"#"+e.Case.Bug] = e.Case
		default:
			kept[e.Case.Target+"#"+e.Case.Bug] = e.Case
		}
	}
	var b bytes.Buffer
	b.WriteString(recordHead + "| seeded bug | what goes wrong | must be caught by | caught as | smallest program | replay | under explore |\n|---|---|---|---|---|---|---|\n")
	for _, target := range targets.All() {
		for _, bug := range target.Bugs {
			c := kept[target.ID()+"#"+bug.Name]
			if c == nil {
				t.Errorf("no case of %s#%s under %s: harness stress '%[1]s#%[2]s' --bugs --cases testdata/cases", target.ID(), bug.Name, cases)
				continue
			}
			fmt.Fprintf(&b, "| %s#%s | %s | %s | %s | %s | %v | %s |\n", target.ID(), bug.Name, bug.Doc, engines(bug), c.Kind, size(c), c.Fidelity,
				controlledSize(explored[target.ID()+"#"+bug.Name]))
		}
	}
	compare(t, "TRACK-RECORD.md", b.Bytes())
}

// controlledSize describes the failure that explore has saved of a bug, if it is kept.
func controlledSize(c *casefile.Case) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s: %s, %v", c.Kind, size(c), c.Fidelity)
}

func engines(b harness.Bug) string {
	var names []string
	for _, e := range b.CaughtBy {
		names = append(names, string(e))
	}
	return strings.Join(names, ", ")
}

func size(c *casefile.Case) string {
	s := report.Plural(int64(len(c.Program)), "operation")
	if n := len(c.Schedule); n == 1 {
		s += ", 1 switch"
	} else if n > 1 {
		s += fmt.Sprintf(", %d switches", n)
	}
	return s
}

// compare compares a page with its file, or writes it.
func compare(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: go test ./targets -run TestTrackRecord -update, and look at the difference", path)
	}
}
