package explore

import (
	"bufio"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

var corpusFixed = flag.Int("corpus.fixed", 100, "schedules for each program of the corpus that is right")

// corpusDir holds small programs in the style of real services, each with a mistake and without.
const corpusDir = "../../testdata/explore/corpus"

// TestCorpus is the promise of the explorer: every mistake is found within 100 schedules, and no correct twin is accused. The long form:
//
//	go test ./harness/explore -run TestCorpus -corpus.fixed 2000 -timeout 0
func TestCorpus(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds the standard library and explores more than two hundred tests")
	}
	wants := corpusWants(t)
	set, err := Build(context.Background(), BuildConfig{Dir: corpusDir, Patterns: []string{"./..."}, TempDir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	raced := slices.ContainsFunc(set.Packages, func(p Package) bool { return p.Race != "" })
	for name, run := range map[string]struct {
		pattern   string
		schedules int
	}{"bugs": {"Bug$", 100}, "fixed": {"Fixed$", *corpusFixed}} {
		c := Config{Packages: set.Packages, Run: run.pattern, Schedules: run.schedules, Seed: 1, Stress: -1, TempDir: t.TempDir(), Now: time.Now, cursory: true}
		found := map[string]string{}
		summary, err := Run(context.Background(), c, func(e report.Event) {
			switch e.Kind {
			case report.Violation:
				found[e.Target] = e.Property
			case report.Verdict:
				if e.Status != report.Held && e.Status != report.Violated {
					t.Errorf("%s: %s %s", e.Target, e.Status, e.Message)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %+v", name, *summary)
		if summary.Tests != len(wants) {
			t.Errorf("%s: %d tests, want %d", name, summary.Tests, len(wants))
		}
		if name == "bugs" {
			checkBugs(t, wants, found, raced)
			continue
		}
		for test, property := range found {
			t.Errorf("%s is right and was accused of a %s", test, property)
		}
	}
}

// checkBugs checks that every mistake was found, and is what its comment says. Without the race detector nobody sees what is a race and nothing else.
func checkBugs(t *testing.T, wants map[string][]string, found map[string]string, raced bool) {
	for test, kinds := range wants {
		property, ok := found[test]
		if !ok && !raced && slices.Equal(kinds, []string{"race"}) {
			t.Logf("%s: not found without the race detector", test)
		} else if !ok {
			t.Errorf("%s was not found within 100 schedules", test)
		} else if !strings.Contains(strings.Join(kinds, " "), property) {
			t.Errorf("%s: a %s, want %s", test, property, kinds)
		}
	}
}

var (
	wantLine = regexp.MustCompile(`^// explore:(?:want|also) (\w+)`)
	testLine = regexp.MustCompile(`^func (Test\w+Bug)\(`)
)

// corpusWants returns the kinds of failure that each mistake of the corpus may show.
func corpusWants(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusDir, "*", "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	wants := map[string][]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if m := wantLine.FindStringSubmatch(lines.Text()); m != nil {
				kinds = append(kinds, m[1])
			} else if m := testLine.FindStringSubmatch(lines.Text()); m != nil {
				wants[m[1]], kinds = kinds, nil
			}
		}
		f.Close()
	}
	return wants
}
