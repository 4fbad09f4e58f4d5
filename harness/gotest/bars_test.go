package gotest

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// strangerFiles is a module that has never heard of the harness, with three failures that one process in twenty shows.
var strangerFiles = map[string]string{
	"go.mod": "module example.org/stranger\n\ngo 1.21\n",
	"ledger/ledger.go": `package ledger

import "sync"

type Ledger struct {
	mu    sync.Mutex
	sum   int
	names map[string]int
}

func (l *Ledger) Add(n int, locked bool) {
	if locked {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	l.sum += n
}

func (l *Ledger) Name(name string) { l.names[name]++ }

func (l *Ledger) Move(other *Ledger) {
	l.mu.Lock()
	other.mu.Lock()
	l.sum, other.sum = other.sum, l.sum
	other.mu.Unlock()
	l.mu.Unlock()
}
`,
	"ledger/ledger_test.go": `package ledger

import (
	"os"
	"strconv"
	"testing"
)

// rare is true in one process of twenty. A real test would have the scheduler decide.
func rare() bool {
	n, _ := strconv.ParseUint(os.Getenv("HARNESS_RUN_SEED"), 0, 64)
	return n%20 == 7
}

func TestSum(t *testing.T) {
	l, done := new(Ledger), make(chan bool)
	go func() { l.Add(1, !rare()); done <- true }()
	l.Add(2, !rare())
	<-done
}

func TestName(t *testing.T) {
	l := &Ledger{names: map[string]int{}}
	if rare() {
		l.names = nil
	}
	done := make(chan bool)
	go func() { l.Name("a"); done <- true }()
	<-done
}

func TestMove(t *testing.T) {
	a, b := new(Ledger), new(Ledger)
	if rare() {
		b = a
	}
	done := make(chan bool)
	go func() { a.Move(b); done <- true }()
	<-done
}

func TestGreen(t *testing.T) {
	l := new(Ledger)
	l.Add(1, true)
}
`,
}

// strangerRuns is how many processes each test of the stranger gets.
const strangerRuns = 40

// strangerCounts returns how often each test of the stranger fails under a configuration.
func strangerCounts(c RunConfig) map[string]int {
	p, counts := newPlanner(c, c.environment()), map[string]int{}
	for _, test := range []string{"TestSum", "TestName", "TestMove"} {
		for n := range strangerRuns {
			if p.plan("example.org/stranger/ledger."+test, n, false).Seed%20 == 7 {
				counts[test]++
			}
		}
	}
	return counts
}

// strangerConfig returns a configuration under which every failure of the stranger shows: two or three races and panics, one hang, which
// takes its whole time.
func strangerConfig(set *Set) (RunConfig, map[string]int) {
	c := RunConfig{Binaries: set.Binaries, Iterations: strangerRuns, Timeout: 12 * time.Second}
	for c.Seed = 1; ; c.Seed++ {
		n := strangerCounts(c)
		if n["TestMove"] == 1 && min(n["TestSum"], n["TestName"]) == 2 && max(n["TestSum"], n["TestName"]) <= 3 {
			return c, n
		}
	}
}

// filesIn returns the files below a directory.
func filesIn(dir string) (files []string) {
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error { files = append(files, path); return nil })
	return files
}

// TestStranger is the promise about anyone's package: what is rare is found, told apart, measured, named, saved, and seen again, and
// nothing is left behind.
func TestStranger(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds with the race detector")
	}
	module, temp, cases := t.TempDir(), t.TempDir(), t.TempDir()
	if err := writeFiles(module, strangerFiles); err != nil {
		t.Fatal(err)
	}
	before := filesIn(module)
	set, err := Build(context.Background(), BuildConfig{Dir: module, Patterns: []string{"./..."}, Race: true, Env: buildEnv(), TempDir: temp,
		ExtraFlags: []string{"-ldflags=-w"}})
	skipWithoutRace(t, set, err)
	defer set.Close()
	c, want := strangerConfig(set)
	s := mustStream(t, context.Background(), c, StreamConfig{CaseDir: cases, Start: &report.Event{Package: "example.org/stranger/ledger"}})
	checkStranger(t, s, want)
	sum := s.of(report.Violation, "TestSum")[0]
	checkReproduces(t, sum.Case, module, temp)
	if err := set.Close(); err != nil {
		t.Error(err)
	}
	if after := filesIn(module); !slices.Equal(before, after) {
		t.Errorf("the module has changed: %v", after)
	}
	if left := filesIn(temp); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// skipWithoutRace skips where the race detector cannot be linked: it needs a C compiler on most systems.
func skipWithoutRace(t testing.TB, set *Set, err error) {
	t.Helper()
	problem := fmt.Sprint(err)
	if err == nil {
		problem = set.Binaries[0].BuildError
	}
	for _, known := range []string{"requires cgo", "C compiler", "not supported on"} {
		if strings.Contains(problem, known) {
			t.Skip("no race detector here: " + problem)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkStranger checks the verdicts about the stranger.
func checkStranger(t *testing.T, s streamed, want map[string]int) {
	t.Helper()
	for test, evidence := range map[string][]string{
		"TestSum":  {"race", "ledger.(*Ledger).Add", "DATA RACE", "ledger.go:16"},
		"TestName": {"panic", "assignment to entry in nil map", "ledger.(*Ledger).Name(...)", "ledger.go:19"},
		"TestMove": {"hang", "sync.Mutex.Lock  in ledger.(*Ledger).Move (ledger.go:23)", "chan receive     in ledger.TestMove"},
	} {
		all := s.of(report.Violation, test)
		if len(all) != 1 {
			t.Fatalf("%s has %d buckets, want 1: %+v", test, len(all), all)
		}
		e := all[0]
		// The detector may by chance miss a race: its memory of accesses is bounded.
		if k := int(e.Failures); e.Property != evidence[0] || k != want[test] && (test != "TestSum" || k < 1 || k > want[test]) || e.Histories != strangerRuns {
			t.Errorf("%s: %+v, want %d", test, e, want[test])
		}
		for _, part := range evidence[1:] {
			if !strings.Contains(e.Evidence+e.Message, part) {
				t.Errorf("%s: the evidence lacks %q:\n%s\n%s", test, part, e.Message, e.Evidence)
			}
		}
		if strings.Contains(e.Evidence, "testing.tRunner") {
			t.Errorf("%s: the evidence is not trimmed:\n%s", test, e.Evidence)
		}
	}
	if v := s.verdict(t, "TestGreen"); v.Status != report.Held || v.Histories != strangerRuns {
		t.Errorf("%+v", v)
	}
	if text := s.text(); !strings.Contains(text, "3 of 4 tests failed") || !strings.Contains(text, "exit 1") {
		t.Errorf("text:\n%s", text)
	}
}

// checkReproduces checks that a case is reproduced by its first process, whose seed decides.
func checkReproduces(t *testing.T, path, module, temp string) {
	t.Helper()
	failed, runs, events, err := repro(t, path, ReproConfig{Dir: module, TempDir: temp})
	if failed != 1 || runs < 1 || runs > 4 || err != nil {
		t.Errorf("%s failed in %d of %d runs, %v", path, failed, runs, err)
	}
	if v := events.of(report.Violation, events.events[0].Target); len(v) != 1 || v[0].Evidence == "" {
		t.Errorf("%+v", v)
	}
}

// repro replays a saved case in the environment of a scratch module.
func repro(t *testing.T, path string, config ReproConfig) (failed, runs int, out streamed, err error) {
	t.Helper()
	c, err := casefile.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	c.Env.Set("GOWORK", "off")
	failed, runs, err = Repro(context.Background(), c, config, func(e report.Event) { out.events = append(out.events, e) })
	return failed, runs, out, err
}
