package diagnose_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

var showTable = flag.Bool("table", false, "print what is said of every scenario")

// TestConfidence: no rule claims to be right more often than the scenarios support, by the rule of succession, and none that never spoke claims anything.
func TestConfidence(t *testing.T) {
	right, all, said := map[string]int{}, map[string]int{}, map[string]float64{}
	for _, d := range kept(t) {
		for _, f := range d.found {
			if f.Certainty != finding.Likely {
				continue
			}
			all[f.Kind]++
			said[f.Kind] = f.Confidence
			if _, bad := wrong[d.name]; bad {
				right[f.Kind]++
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		bound := float64(right[kind]+1) / float64(all[kind]+2)
		t.Logf("%-22s right %3d of %3d: at most %.2f, says %.2f", kind, right[kind], all[kind], bound, said[kind])
		if said[kind] > bound || said[kind] < 0.5 {
			t.Errorf("%s says %.2f, and the scenarios support %.2f", kind, said[kind], bound)
		}
	}
	for _, kind := range diagnose.Kinds() {
		if all[kind] == 0 && diagnose.Confidence(kind) > 0.5 {
			t.Errorf("%s was never said, and claims more than a coin: %.2f", kind, diagnose.Confidence(kind))
		}
	}
}

// TestTable compares what is said of every scenario in every form with the table that is kept, which people can read.
func TestTable(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-30s %-6s %s\n", "scenario", "form", "what is said")
	for _, d := range kept(t) {
		said := "nothing"
		for i, f := range d.found {
			if f.Certainty > finding.Note && i == 0 {
				said = fmt.Sprintf("%-6s %s", f.Certainty, f.Kind)
			} else if f.Certainty > finding.Note {
				said += fmt.Sprintf(", %s %s", f.Certainty, f.Kind)
			}
		}
		fmt.Fprintf(&b, "%-30s %-6s %s\n", d.name, d.form, said)
	}
	if *showTable {
		t.Log("\n" + b.String())
	}
	if *update {
		if err := os.WriteFile("testdata/table.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("testdata/table.txt differs; go test -update writes it:\n%s", b.String())
	}
}

// TestWithoutSources: a dump alone accuses no healthy program either, and what it says of the others without sources is said with the same certainty or none.
func TestWithoutSources(t *testing.T) {
	repeat.Once(t)
	found, all := map[string]bool{}, map[string]bool{}
	for _, d := range kept(t) {
		got, err := dump.Read(bytes.NewReader(d.text))
		if err != nil {
			t.Fatal(err)
		}
		list := diagnose.Diagnose(got, diagnose.Options{Quiet: true})
		if _, bad := wrong[d.name]; bad {
			all[d.name+" "+d.form], found[d.name+" "+d.form] = true, true
			if len(list) == 0 {
				delete(found, d.name+" "+d.form)
			}
		} else if len(list) > 0 {
			t.Errorf("%s by %s is healthy, and is accused:\n%s", d.name, d.form, texts(list))
		}
	}
	t.Logf("without sources something is said of %d of %d dumps of programs with a mistake", len(found), len(all))
}
