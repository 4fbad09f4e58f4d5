package gotest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A streamed is what a call of Stream told and returned.
type streamed struct {
	events []report.Event
	report *Report
	dir    string // of the cases
}

// mustStream runs a configuration as mustRun does, and collects the events.
func mustStream(t testing.TB, ctx context.Context, c RunConfig, s StreamConfig) streamed {
	t.Helper()
	c.TempDir = t.TempDir()
	var out streamed
	out.dir = s.CaseDir
	r, err := Stream(ctx, c, s, func(e report.Event) { out.events = append(out.events, e) })
	if err != nil {
		t.Fatal(err)
	}
	checkNothingLeft(t, c, 1<<30)
	out.report = r
	return out
}

// of returns the events of a kind about a test.
func (s streamed) of(kind report.Kind, test string) (found []report.Event) {
	for _, e := range s.events {
		if e.Kind == kind && e.Target == test {
			found = append(found, e)
		}
	}
	return found
}

// verdict returns the one verdict about a test.
func (s streamed) verdict(t testing.TB, test string) report.Event {
	t.Helper()
	v := s.of(report.Verdict, test)
	if len(v) != 1 {
		t.Fatalf("%d verdicts about %s", len(v), test)
	}
	return v[0]
}

// text renders the events as the command does.
func (s streamed) text() string {
	var b strings.Builder
	var tally report.Tally
	out := report.NewMulti(noon, &tally, report.NewText(&b, report.TextOptions{}))
	for _, e := range s.events {
		out.Emit(e)
	}
	out.Emit(tally.Summary())
	out.Close()
	return b.String()
}

// noon is a clock that stands still.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func TestStreamTellsAndSaves(t *testing.T) {
	repeat.Once(t)
	c := RunConfig{Binaries: binaries(t, scratch(), "rare", "bare", "broken"), Run: "^Test(Clean|RarePanic|RareAssertion|Skipped)$",
		Iterations: 16, Seed: 5, Env: []string{"GIVEN=this"}, Args: []string{"-test.short"}}
	s := mustStream(t, context.Background(), c, StreamConfig{CaseDir: t.TempDir(), Start: &report.Event{Package: "./..."}, Commit: "abc",
		Now: noon, Every: 1})
	start := s.events[0]
	want := []string{"example.com/scratch/rare/TestClean", "example.com/scratch/rare/TestRarePanic", "example.com/scratch/rare/TestRareAssertion",
		"example.com/scratch/rare/TestSkipped"}
	if start.Kind != report.Start || !slices.Equal(start.Targets, want) || start.Seed != 5 || start.Cores == 0 || start.Engine != "stress" {
		t.Errorf("start %+v", start)
	}
	v := s.verdict(t, "TestClean")
	if v.Status != report.Held || v.Histories != 16 || len(v.NotProved) != 1 || v.NotProved[0] != "16 clean runs: p < 17.1 % a run (95 %)" {
		t.Errorf("%+v", v)
	}
	if v := s.verdict(t, "TestSkipped"); v.Status != report.Inconclusive || v.Message != "it skipped itself every time" {
		t.Errorf("%+v", v)
	}
	if p := s.of(report.Progress, "TestClean"); len(p) == 0 || p[len(p)-1].Histories > 16 {
		t.Errorf("progress %+v", p)
	}
	checkViolation(t, s, c, "TestRarePanic", signature.Panic, func(seed uint64) bool { return seed%4 == 1 }, "panic: bad order")
	checkViolation(t, s, c, "TestRareAssertion", signature.Assertion, func(seed uint64) bool { return seed%4 == 2 }, "want a number that 4 divides")
	var packages []report.Status
	for _, e := range s.of(report.Verdict, "") {
		packages = append(packages, e.Status)
	}
	if !slices.Equal(packages, []report.Status{report.Skipped, report.Errored}) {
		t.Errorf("packages %v", packages)
	}
	for _, part := range []string{"FAIL     example.com/scratch/rare/TestRarePanic", "process ", "panic: bad order", "rate     ", "of 16 runs failed", "saved    ",
		"replay   harness repro ", "????     example.com/scratch/rare/TestSkipped", "ERROR    example.com/scratch/broken", "exit 1"} {
		if text := s.text(); !strings.Contains(text, part) {
			t.Errorf("the text lacks %q:\n%s", part, text)
		}
	}
}

// checkViolation checks the violation of a test that fails for some seeds, its verdict, and the files that were saved.
func checkViolation(t *testing.T, s streamed, c RunConfig, test string, kind signature.Kind, fails func(uint64) bool, message string) {
	t.Helper()
	k := expected(c, test, c.Iterations, fails)
	all := s.of(report.Violation, test)
	if len(all) != 1 || k == 0 {
		t.Fatalf("%s: %d violations, %d expected failures", test, len(all), k)
	}
	e := all[0]
	if e.Property != string(kind) || !strings.Contains(e.Message, message) || e.Failures != int64(k) || e.Histories != int64(c.Iterations) || e.After <= 0 {
		t.Errorf("%s: %+v", test, e)
	}
	if rate := float64(k) / float64(c.Iterations); e.Rate == nil || e.Rate.Estimate != rate || e.Rate.Low >= rate || e.Rate.High <= rate {
		t.Errorf("%s: rate %+v", test, e.Rate)
	}
	if v := s.verdict(t, test); v.Status != report.Violated || v.Failures != int64(k) {
		t.Errorf("%+v", v)
	}
	checkCase(t, s, e, k)
}

// checkCase checks the case of a violation and the output beside it.
func checkCase(t *testing.T, s streamed, e report.Event, k int) {
	t.Helper()
	c, err := casefile.Load(e.Case)
	if err != nil || filepath.Dir(e.Case) != s.dir || e.Replay != "harness repro "+e.Case {
		t.Fatalf("%v, replay %q", err, e.Replay)
	}
	fidelity := casefile.Fidelity{Level: casefile.Statistical, Failed: k, Runs: int(e.Histories)}
	if !Owns(c) || c.Test != e.Target || c.Kind != e.Property || c.Fidelity != fidelity || c.Trace == "" || c.Found.Go == "" || !c.Found.Time.Equal(noon()) {
		t.Errorf("%+v", c)
	}
	if given, _ := c.Env.Get("GIVEN"); given != "this" {
		t.Errorf("environment %v", c.Env)
	}
	output, err := os.ReadFile(strings.TrimSuffix(e.Case, casefile.Extension) + ".txt")
	if err != nil || !strings.Contains(string(output), "=== RUN") || !strings.Contains(string(output), "FAIL") && !strings.Contains(string(output), "panic:") {
		t.Errorf("output %q, %v", output, err)
	}
	if !strings.Contains(e.Evidence, "complete output: "+s.dir) {
		t.Errorf("evidence %q", e.Evidence)
	}
}

func TestStreamWithoutCasesGivesCommands(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestOften", Iterations: 4, Seed: 1}
	explain := func(f *signature.Failure, output []byte) string {
		return fmt.Sprintf("%s of %d bytes or more", f.Kind, min(len(output), 100))
	}
	s := mustStream(t, context.Background(), c, StreamConfig{Engine: "soak", Explain: explain})
	e := s.of(report.Violation, "TestOften")[0]
	if !strings.Contains(e.Evidence, "\n\n"+e.Property+" of 100 bytes or more\n") {
		t.Errorf("evidence without an explanation: %s", e.Evidence)
	}
	if e.Case != "" || !strings.Contains(e.Replay, "go test -vet=off") || e.Engine != "soak" {
		t.Errorf("%+v", e)
	}
	if b := s.report.Buckets[0]; len(b.First.Output) <= len(b.Excerpt) {
		t.Error("the complete output is gone though it was not saved")
	}
	if lines := strings.Count(e.Evidence, "\n"); lines > 50 {
		t.Errorf("evidence of %d lines", lines)
	}
}

func TestStreamOfASharedFailure(t *testing.T) {
	b := &Bucket{Failure: signature.Failure{Kind: signature.Race, Title: "data race: write a and read b"}, Tests: []string{"p.TestA", "p.TestB"},
		tests: map[string]bool{"p.TestA": true, "p.TestB": true}, Count: 3, Runs: 8}
	r := &Report{Buckets: []*Bucket{b}, Tests: []TestReport{
		{ImportPath: "p", Test: "TestA", Verdict: Fail, Runs: 4, Failures: 2}, {ImportPath: "p", Test: "TestB", Verdict: Fail, Runs: 4, Failures: 1}}}
	var s streamed
	newStreamer(RunConfig{}, StreamConfig{}, func(e report.Event) { s.events = append(s.events, e) }).finish(r)
	if len(s.events) != 3 || s.events[0].Message != "write a and read b" || !strings.Contains(s.events[0].Evidence, "seen also in p.TestB") {
		t.Errorf("%+v", s.events)
	}
	if v := s.verdict(t, "TestB"); v.Status != report.Violated || v.Message != "as p.TestA: data race: write a and read b" {
		t.Errorf("%+v", v)
	}
}

func TestInterruptedStreamStillJudges(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^Test(Clean|RarePanic|RareAssertion)$", For: time.Hour, Seed: 5}
	c.OnEvent = func(e Event) {
		if e.Processes >= 30 {
			cancel()
		}
	}
	s := mustStream(t, ctx, c, StreamConfig{})
	if !s.report.Cancelled || s.verdict(t, "TestClean").Status != report.Held || s.verdict(t, "TestRarePanic").Histories == 0 {
		t.Errorf("%+v", s.report)
	}
}

func TestInterruptedBeforeItBegan(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), For: time.Hour}
	s := mustStream(t, ctx, c, StreamConfig{})
	if v := s.verdict(t, ""); v.Status != report.Inconclusive || !strings.Contains(v.Message, "interrupted") || s.report.Conclusive() {
		t.Errorf("%+v", s.events)
	}
}

func TestStreamSaysWhenACaseCannotBeSaved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestOften", Iterations: 4, Seed: 1, TempDir: t.TempDir()}
	verdicts := 0
	r, err := Stream(context.Background(), c, StreamConfig{CaseDir: filepath.Join(file, "cases")}, func(e report.Event) {
		if e.Kind == report.Verdict {
			verdicts++
		}
	})
	if err == nil || r == nil || verdicts != 1 || errors.Is(err, ErrNothingSelected) {
		t.Errorf("%v, %d verdicts", err, verdicts)
	}
}

func TestStreamOfNothing(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^TestNoSuchThing$", Iterations: 1, TempDir: t.TempDir()}
	var kinds []report.Kind
	_, err := Stream(context.Background(), c, StreamConfig{Start: &report.Event{}}, func(e report.Event) { kinds = append(kinds, e.Kind) })
	if !errors.Is(err, ErrNothingSelected) || !slices.Equal(kinds, []report.Kind{report.Start, report.Verdict}) {
		t.Errorf("%v, %v", err, kinds)
	}
}

func TestNotProvedSumsUp(t *testing.T) {
	r := &Report{Tests: []TestReport{{Verdict: OK, Runs: 100}, {Verdict: OK, Runs: 40}, {Verdict: Fail, Runs: 3}}}
	if got := r.NotProved(); len(got) != 2 || got[0] != "2 tests held, each in 40 runs or more: p < 7.22 % a run (95 %)" {
		t.Errorf("%q", got)
	}
	if got := (&Report{}).NotProved(); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// TestLateProcessesDoNotHang: the second in which the race detector waits is no part of a test's time.
func TestLateProcessesDoNotHang(t *testing.T) {
	w := &worker{}
	b := Binary{Race: true}
	for late, want := range map[bool]time.Duration{false: time.Second, true: 2 * time.Second} {
		if got := w.command(b, &Process{Plan: Plan{Late: late}}, time.Second).timeout; got != want {
			t.Errorf("late %v: %v", late, got)
		}
	}
}

func ExampleReport_NotProved() {
	r := &Report{Tests: []TestReport{{Verdict: OK, Runs: 480}}}
	fmt.Println(r.NotProved()[0])
	// Output: 1 test held, each in 480 runs or more: p < 0.622 % a run (95 %)
}
