package explore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// slow skips a test of many processes where tests are to be quick, and where it has run before.
func slow(t *testing.T) {
	t.Helper()
	repeat.Once(t)
	if testing.Short() {
		t.Skip("starts many processes")
	}
}

// A told is what a run told about one test.
type told struct {
	violation *report.Event
	verdict   report.Event
	notes     []string
}

// fakePackage returns this test binary as a package, with and without the race detector.
func fakePackage(t *testing.T) Package {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := Package{ImportPath: "example.com/m", Dir: dir, Plain: filepath.Join(dir, "plain.test"), Race: filepath.Join(dir, "race.test")}
	for _, path := range []string{p.Plain, p.Race} {
		if err := os.Symlink(self, path); err != nil {
			t.Skip(err)
		}
	}
	return p
}

// fakeConfig explores one test of the scripts, or several.
func fakeConfig(t *testing.T, tests string) Config {
	t.Helper()
	return Config{Packages: []Package{fakePackage(t)}, Run: "^(" + tests + ")$", Schedules: 100, Workers: 2, Seed: 1, Stress: -1, Subject: "example.com/m",
		Env: []string{fakeVariable + "=" + t.TempDir()}, CaseDir: filepath.Join(t.TempDir(), "cases"), TempDir: t.TempDir(), Now: time.Now}
}

// explored runs a configuration and returns what it told about each test.
func explored(t *testing.T, c Config) (map[string]told, *Summary) {
	t.Helper()
	all := map[string]told{}
	summary, err := Run(context.Background(), c, func(e report.Event) {
		about := all[e.Target]
		switch e.Kind {
		case report.Violation:
			about.violation = &e
		case report.Verdict:
			about.verdict = e
		case report.Note:
			about.notes = append(about.notes, e.Message)
		}
		all[e.Target] = about
	})
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(c.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return all, summary
}

// exploredOne runs one test.
func exploredOne(t *testing.T, test string, c Config) told {
	t.Helper()
	all, _ := explored(t, c)
	got := all[test]
	t.Logf("%s: %+v", test, got.verdict)
	return got
}

func TestExploreClean(t *testing.T) {
	all, summary := explored(t, fakeConfig(t, "TestPass|TestIdle|TestDrawn|TestExhausted"))
	for test, want := range map[string]report.Event{
		"TestPass":      {Schedules: 200, Space: 0.99}, // 100 one by one, 100 drawn, in several processes that have all seen the same
		"TestIdle":      {Schedules: 1, Space: 1},      // there is no other order
		"TestDrawn":     {Schedules: 16},
		"TestExhausted": {Schedules: 7, Space: 1},
	} {
		got := all[test].verdict
		if got.Status != report.Held || got.Schedules != want.Schedules || got.Space != want.Space || all[test].violation != nil {
			t.Errorf("%s: %+v", test, got)
		}
	}
	if *summary != (Summary{Tests: 4, Exhausted: 2, Sampled: 2}) || len(summary.NotProved()) != 1 {
		t.Errorf("%+v: %q", summary, summary.NotProved())
	}
	if d := all["TestIdle"].verdict.Details; !slices.Contains(d, "nothing to decide") {
		t.Errorf("TestIdle: %q", d)
	}
	if d := all["TestDrawn"].verdict.Details; !slices.Contains(d, "nothing to decide but what is drawn at random") {
		t.Errorf("TestDrawn: %q", d)
	}
	if d := all["TestPass"].verdict.Details; !slices.Contains(d, "9 operations each") {
		t.Errorf("TestPass: %q", d)
	}
}

// A deadlock is minimised, replayed, explained and saved, and is the first thing that the next run finds.
func TestExploreDeadlock(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestDeadlock")
	got := exploredOne(t, "TestDeadlock", config)
	v := got.violation
	if got.verdict.Status != report.Violated || v == nil {
		t.Fatal("not found")
	}
	if v.Property != "deadlock" || v.Where != "schedule 14 (portfolio)" || v.From != 5 || v.To != 2 || v.Reproduced != 2 || v.Replays != 2 {
		t.Errorf("%+v", *v)
	}
	if !strings.Contains(v.Evidence, "m.go:6") {
		t.Errorf("evidence:\n%s", v.Evidence)
	}
	kept, err := casefile.Load(v.Case)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Fidelity != (casefile.Fidelity{Level: casefile.Exact, Failed: 2, Runs: 2}) || len(kept.Schedule) != 2 || kept.Schedule[0].String() != `a1 2 m.go:6 -> b1` {
		t.Errorf("%+v", kept)
	}
	again := exploredOne(t, "TestDeadlock", config).violation
	if again == nil || again.Where != "a saved case, reproduced exactly" || again.Case != v.Case {
		t.Errorf("again: %+v", again)
	}
}

// What is found does not depend on how many processes run at once.
func TestExploreWorkers(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestDeadlock")
	config.Workers, config.CaseDir = 1, ""
	if v := exploredOne(t, "TestDeadlock", config).violation; v == nil || v.Where != "schedule 14 (portfolio)" || v.To != 2 {
		t.Errorf("%+v", v)
	}
}

// A shard looks at its own schedules only: 13, 15 and so on in the second of two.
func TestExploreShard(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestDeadlock|TestPass")
	config.Shard, config.Shards = 0, 2
	all, _ := explored(t, config)
	if v := all["TestDeadlock"].violation; v == nil || v.Where != "schedule 15 (portfolio)" {
		t.Errorf("%+v", v)
	}
	if n := all["TestPass"].verdict.Schedules; n != 50 {
		t.Errorf("%d schedules in one of two shards", n)
	}
}

// Children that die are failures of their schedule.
func TestExploreDeaths(t *testing.T) {
	all, _ := explored(t, fakeConfig(t, "TestPanic|TestExit"))
	p := all["TestPanic"].violation
	if p == nil || p.Property != "panic" || p.Where != "schedule 6 (portfolio)" || p.From != 3 || p.To != 1 || p.Reproduced != 2 || !strings.Contains(p.Evidence, "boom") {
		t.Errorf("panic: %+v", p)
	}
	e := all["TestExit"].violation
	if e == nil || e.Property != "exit" || e.Where != "schedule 3 (portfolio)" || e.Reproduced != 2 {
		t.Errorf("exit: %+v", e)
	}
}

func TestExploreHang(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestHang")
	config.Silence = 700 * time.Millisecond
	v := exploredOne(t, "TestHang", config).violation
	if v == nil || v.Property != "hang" || v.Where != "schedule 3 (portfolio)" || v.To != 1 || v.Reproduced != 2 {
		t.Errorf("%+v", v)
	}
}

// A schedule that takes long once is no failure, and no pass either.
func TestExploreSlowOnce(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestSlowOnce")
	config.Silence = 700 * time.Millisecond
	got := exploredOne(t, "TestSlowOnce", config)
	if v := got.verdict; got.violation != nil || v.Status != report.Inconclusive || !strings.Contains(v.Message, "tried again") {
		t.Errorf("%+v", got)
	}
}

// Whoever has a failure does not wait for schedules with lower numbers that take very long.
func TestExploreBehind(t *testing.T) {
	config := fakeConfig(t, "TestBehind")
	config.Workers, config.grace, config.Silence = 3, 50*time.Millisecond, time.Hour
	if v := exploredOne(t, "TestBehind", config).violation; v == nil || v.Property != "deadlock" || v.To != 1 {
		t.Errorf("%+v", v)
	}
}

// A race is found in the binary that can see it, and its case says so.
func TestExploreRace(t *testing.T) {
	slow(t)
	v := exploredOne(t, "TestRace", fakeConfig(t, "TestRace")).violation
	if v == nil || v.Property != "race" || v.To != 1 || !strings.Contains(v.Evidence, "m.go:20") {
		t.Fatalf("%+v", v)
	}
	kept, err := casefile.Load(v.Case)
	if err != nil || !slices.Equal(kept.Requires, []string{"race"}) || !kept.Found.Race {
		t.Errorf("%+v, %v", kept, err)
	}
	config := fakeConfig(t, "TestRace")
	config.Packages[0].Race = ""
	if got := exploredOne(t, "TestRace", config).verdict; got.Status != report.Held {
		t.Errorf("without the detector: %+v", got)
	}
}

// What fails under the default rule needs no switch.
func TestExploreFirst(t *testing.T) {
	v := exploredOne(t, "TestAlways", fakeConfig(t, "TestAlways")).violation
	if v == nil || v.Where != "the first schedule, which forces nothing" || v.From != 0 || v.Reproduced != 2 {
		t.Errorf("%+v", v)
	}
}

// State that a test leaves behind is found, replayed with the schedules before, and not minimised.
func TestExploreState(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestState")
	v := exploredOne(t, "TestState", config).violation
	if v == nil || v.Where != "schedule 4 (portfolio)" || v.From != 0 || v.Reproduced != 2 || !strings.Contains(v.Evidence, "leaves state behind") {
		t.Fatalf("%+v", v)
	}
	kept, err := casefile.Load(v.Case)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := kept.Config.Get("count"); n != "4" || len(kept.Schedule) != 0 || kept.Fidelity.Level != casefile.Exact {
		t.Errorf("%+v", kept)
	}
	if r, err := Again(context.Background(), config, config.Packages[0], kept); err != nil || !r.Reproduced {
		t.Errorf("%+v, %v", r, err)
	}
}

// A test that keeps state between schedules gets a process for each.
func TestExploreIsolated(t *testing.T) {
	slow(t)
	v := exploredOne(t, "TestKeeps", fakeConfig(t, "TestKeeps")).violation
	if v == nil || v.Where != "schedule 21 (portfolio)" {
		t.Errorf("%+v", v)
	}
}

// What does not fail again says so, and its replay says where it diverged.
func TestExploreOnce(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestOnce")
	v := exploredOne(t, "TestOnce", config).violation
	if v == nil || v.Reproduced != 0 || v.Replays != 2 || !strings.Contains(v.Evidence, "did not fail again every time") {
		t.Fatalf("%+v", v)
	}
	kept, err := casefile.Load(v.Case)
	if err != nil || kept.Fidelity.Level != casefile.BestEffort {
		t.Fatalf("%+v, %v", kept, err)
	}
}

func TestAgainDiverged(t *testing.T) {
	config := fakeConfig(t, "TestOnce")
	c := &casefile.Case{Package: "example.com/m", Test: "TestOnce", Engine: engine, Signature: "assertion: x", Schedule: decisions([]sched.Switch{a}, parsedExecution(t))}
	r, err := Again(context.Background(), config, config.Packages[0], c)
	if err != nil || r.Reproduced || !slices.Equal(r.Diverged, []string{"switch 1 of 1, after operation 2 of goroutine a1 to goroutine b1, expected at m.go:6: its target could not run"}) {
		t.Errorf("%+v, %v", r, err)
	}
}

// What is not under control is skipped by name, or runs under stress, and never counts as explored.
func TestExploreRefused(t *testing.T) {
	slow(t)
	all, summary := explored(t, fakeConfig(t, "TestUnsteady|TestSocket"))
	for test, want := range map[string]string{
		"TestUnsteady": "not deterministic (two runs of the first schedule took different decisions); not explored",
		"TestSocket":   "waits for a real socket or pipe (smtp_test.go:18); not explored",
	} {
		if got := all[test].verdict; got.Status != report.Skipped || got.Message != want {
			t.Errorf("%s: %+v", test, got)
		}
	}
	if *summary != (Summary{Tests: 2, Refused: 2}) {
		t.Errorf("%+v", summary)
	}
}

func TestExploreStress(t *testing.T) {
	slow(t)
	config := fakeConfig(t, "TestSocket")
	config.Stress = 3
	got := exploredOne(t, "TestSocket", config).verdict
	if want := "waits for a real socket or pipe (smtp_test.go:18): ran 3 times under stress with injected yields instead; not explored"; got.Message != want || got.Status != report.Skipped {
		t.Errorf("%+v", got)
	}
}

// A child that cannot do what it is asked shows nothing, and is no pass.
func TestExploreInconclusive(t *testing.T) {
	slow(t)
	all, _ := explored(t, fakeConfig(t, "TestRefused|TestTorn|TestSilent"))
	for test, want := range map[string]string{
		"TestRefused": "godmode: no", "TestTorn": "the process wrote what is no event", "TestSilent": "its TestMain does not run the tests",
	} {
		if got := all[test].verdict; got.Status != report.Inconclusive || !strings.HasPrefix(got.Message, want) {
			t.Errorf("%s: %+v", test, got)
		}
	}
}

func TestExploreNothing(t *testing.T) {
	if _, err := Run(context.Background(), fakeConfig(t, "TestNone"), func(report.Event) {}); !errors.Is(err, ErrNothingSelected) {
		t.Error(err)
	}
	for _, c := range []Config{{}, {Now: time.Now, Shards: 2, Shard: 2}, {Now: time.Now, Strategy: "luck"}, {Now: time.Now, Workers: -1}, {Now: time.Now, Run: "("}} {
		if _, err := Run(context.Background(), c, func(report.Event) {}); err == nil || errors.Is(err, ErrNothingSelected) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// An interruption ends the run at once. What was found is told and saved, as far as it was known.
func TestExploreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	config := fakeConfig(t, "TestDeadlock|TestPass")
	var last report.Event
	_, err := Run(ctx, config, func(e report.Event) {
		switch e.Kind {
		case report.Run:
			cancel()
		case report.Verdict:
			last = e
		}
	})
	if err != nil || last.Status != report.Inconclusive || last.Message != "stopped" {
		t.Errorf("%+v, %v", last, err)
	}
}
