package owners

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// TestOrders: what is found in programs that could deadlock by the order of their locks, and nothing in their correct twins.
func TestOrders(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	name := built(t, Order)
	var all strings.Builder
	for _, p := range strings.Fields(output(t, nil, name, "list-orders")) {
		found := ordered(t, name, p)
		fmt.Fprintf(&all, "-- %s --\n", p)
		for _, f := range found {
			fmt.Fprintf(&all, "%s %s: %s\n", f.Certainty, f.Kind, f.Title)
		}
		if strings.HasSuffix(p, "-ok") == (len(found) > 0) {
			t.Errorf("%s: %v", p, found)
		}
	}
	golden(t, "orders.golden", all.String())
	if found := ordered(t, name, "abba"); len(found) != 1 || found[0].Kind != KindCycle {
		t.Errorf("of a deadlock: %v", found)
	}
	for _, how := range []string{"quit", "panic"} {
		if found := ordered(t, name, how); (len(found) == 1) != (how == "quit") {
			t.Errorf("of a program that ends by %s: %v", how, found)
		}
	}
}

// ordered runs a program and returns what is found in its report.
func ordered(t testing.TB, name, program string) []finding.Finding {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "order")
	output(t, []string{"GODMODE_ORDER=" + prefix}, name, program)
	files, err := filepath.Glob(prefix + ".*")
	if err != nil || len(files) != 1 {
		t.Fatal(program, files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	reports, err := Parse(bytes.NewReader(text))
	if err != nil || len(reports) != 1 || reports[0].Truncated || reports[0].Dropped != 0 || len(reports[0].Edges) == 0 {
		t.Fatalf("%s: %v\n%s", program, err, text)
	}
	return reports[0].Findings()
}

// TestOrderOfOthers: on the same programs, go-deadlock and this package. See the package comment for the table.
func TestNoReport(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	cmd := exec.Command(built(t, Order), "latent-abba")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("without GODMODE_ORDER: %v %s", err, out)
	}
}
