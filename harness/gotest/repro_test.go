package gotest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// savedCase runs one test of the scratch module until it failed, and returns the path of the case.
func savedCase(t *testing.T, c RunConfig) string {
	t.Helper()
	c.Binaries = binaries(t, scratch(), "rare")
	s := mustStream(t, context.Background(), c, StreamConfig{CaseDir: t.TempDir()})
	for _, e := range s.events {
		if e.Kind == report.Violation {
			return e.Case
		}
	}
	t.Fatalf("nothing failed: %+v", s.report)
	return ""
}

// changed writes the scratch module with a change into a directory of its own.
func changed(t *testing.T, old, new string) string {
	t.Helper()
	dir := t.TempDir()
	if err := writeScratch(dir); err != nil {
		t.Fatal(err)
	}
	source := scratchFiles["rare/rare_test.go"]
	if !strings.Contains(source, old) {
		t.Fatalf("no %q to change", old)
	}
	if err := os.WriteFile(filepath.Join(dir, "rare", "rare_test.go"), []byte(strings.Replace(source, old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReproUntilTheBugIsGone(t *testing.T) {
	repeat.Once(t)
	path := savedCase(t, RunConfig{Run: "^TestRarePanic$", Iterations: 16, Seed: 5})
	temp := t.TempDir()
	checkReproduces(t, path, scratch().module, temp)
	if testing.Short() {
		return // each change is a build
	}
	moved := changed(t, "func TestClean", "// A comment that moves\n// all lines below it.\nfunc TestClean")
	failed, _, events, err := repro(t, path, ReproConfig{Dir: moved, TempDir: temp})
	if failed != 1 || err != nil || !strings.Contains(events.of(report.Violation, "TestRarePanic")[0].Evidence, "recorded at other lines") {
		t.Errorf("after an edit elsewhere: %d, %v", failed, err)
	}

	fixed := changed(t, `panic(fmt.Sprint("bad order ", os.Getpid()))`, `fmt.Sprint("good order"); close(done)`)
	failed, runs, events, err := repro(t, path, ReproConfig{Dir: fixed, TempDir: temp, Runs: 24})
	if v := events.verdict(t, "TestRarePanic"); failed != 0 || runs != 24 || err != nil || v.Status != report.Held || len(v.NotProved) != 1 {
		t.Errorf("after the repair: %d of %d, %v, %+v", failed, runs, err, v)
	}

	other := changed(t, `panic(fmt.Sprint("bad order ", os.Getpid()))`, `panic(fmt.Sprint("something else"))`)
	failed, _, events, err = repro(t, path, ReproConfig{Dir: other, TempDir: temp, Runs: 4})
	if v := events.verdict(t, "TestRarePanic"); failed != 0 || err != nil || v.Status != report.Inconclusive || len(events.of(report.Note, "TestRarePanic")) != 1 {
		t.Errorf("with another bug: %d, %v, %+v", failed, err, v)
	}
	if left := filesIn(temp); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestHangIsDumpedNamedAndReproduced(t *testing.T) {
	repeat.Once(t)
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestRareHang", Iterations: 8, Seed: 3, Timeout: time.Second, Calm: true}
	want := expected(c, "TestRareHang", 8, func(s uint64) bool { return s%6 == 0 })
	if want == 0 || want > 3 {
		t.Fatalf("this seed hangs %d times", want)
	}
	s := mustStream(t, context.Background(), c, StreamConfig{CaseDir: t.TempDir()})
	for _, e := range s.of(report.Violation, "TestRareHang") {
		if !strings.Contains(e.Evidence, "sync.Mutex.Lock  in rare.(*bank).transfer") {
			continue // a process that a loaded machine did not run in time
		}
		if e.Failures != int64(want) || !strings.Contains(e.Evidence, "chan receive     in rare.TestRareHang") || e.Property != "hang" {
			t.Errorf("want %d hangs: %+v", want, e)
		}
		if !testing.Short() {
			checkReproduces(t, e.Case, scratch().module, t.TempDir())
		}
		return
	}
	t.Errorf("no hang found: %s", s.text())
}

func TestReproSaysWhatItCannotDo(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds for each case")
	}
	good := &casefile.Case{Package: "example.com/scratch/rare", Test: "TestClean", Engine: "stress", Signature: "panic: x", Config: casefile.Pairs{
		{Key: "seed", Value: "0x1"}, {Key: "gomaxprocs", Value: "2"}}, Env: casefile.Pairs{{Key: "GOWORK", Value: "off"}}}
	with := func(change func(*casefile.Case)) *casefile.Case {
		c := *good
		c.Config = append(casefile.Pairs(nil), good.Config...)
		change(&c)
		return &c
	}
	for problem, c := range map[string]*casefile.Case{
		"names no test":      with(func(c *casefile.Case) { c.Test = "" }),
		"declared":           with(func(c *casefile.Case) { c.Target = "queue" }),
		"requires magic":     with(func(c *casefile.Case) { c.Requires = []string{"race", "magic"} }),
		"say seed":           with(func(c *casefile.Case) { c.Config = nil }),
		"args=7":             with(func(c *casefile.Case) { c.Config.Set("args", "7") }),
		"timeout=soon":       with(func(c *casefile.Case) { c.Config.Set("timeout", "soon") }),
		"build=x":            with(func(c *casefile.Case) { c.Config.Set("build", "x") }),
		"undefined: missing": with(func(c *casefile.Case) { c.Package = "example.com/scratch/broken" }),
		"no test selected":   with(func(c *casefile.Case) { c.Test = "TestWasRenamed" }),
		"it skipped itself":  with(func(c *casefile.Case) { c.Test = "TestSkipped" }),
	} {
		failed, _, err := Repro(context.Background(), c, ReproConfig{Dir: scratch().module, Runs: 2, TempDir: t.TempDir()}, func(report.Event) {})
		if failed != 0 || !errors.Is(err, ErrUnable) || problem != "declared" && !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %d, %v", problem, failed, err)
		}
	}
}

func TestReproCanBeInterrupted(t *testing.T) {
	repeat.Once(t)
	c := &casefile.Case{Package: "example.com/scratch/rare", Test: "TestClean", Engine: "stress", Signature: "panic: x", Config: casefile.Pairs{
		{Key: "seed", Value: "0x1"}, {Key: "gomaxprocs", Value: "2"}}, Env: casefile.Pairs{{Key: "GOWORK", Value: "off"}}}
	ctx, cancel := context.WithCancel(context.Background())
	var last report.Event
	_, _, err := Repro(ctx, c, ReproConfig{Dir: scratch().module, Runs: 1 << 30, TempDir: t.TempDir()}, func(e report.Event) {
		last = e
		if e.Kind == report.Run {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last.Status != report.Inconclusive || last.Message != "interrupted" {
		t.Errorf("%v, %+v", err, last)
	}
}

func TestReplaysThatARateNeeds(t *testing.T) {
	for _, c := range []struct{ failed, runs, want int }{{16, 16, 20}, {1, 2, 50}, {1, 20, 546}, {0, 0, 546}, {1, 1_000_000, 20_000}} {
		if got := replays(casefile.Fidelity{Level: casefile.Statistical, Failed: c.failed, Runs: c.runs}); got != c.want {
			t.Errorf("%d of %d: %d replays, want %d", c.failed, c.runs, got, c.want)
		}
	}
}
