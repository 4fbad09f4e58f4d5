package harness

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
)

// Test runs a target inside of go test. First it runs every case that was saved of this test (testdata/harness, or the flag
// -harness.cases) again; then the engine that the environment or the flag -harness.engine chooses, check if none does, for about a second.
//
// A failure is minimised, replayed, saved as a case, and reported with the command that repeats it. A case that expects "fail" describes a bug that is
// still there, so the test fails until it is repaired; then it is flipped to "pass" by hand or by the command (harness repro --promote).
// An inconclusive run fails the test too, because nothing was shown.
//
// Under harness explore, Test runs one generated program of the target as one controlled schedule, and the command sees to the rest: many programs, many
// schedules of each, minimising both.
func Test(t *testing.T, target *Target) {
	t.Helper()
	if explore(t, target) {
		return
	}
	if err := target.Validate(); err != nil {
		t.Fatal(err)
	}
	s, err := readSettings(t.Name(), flags, environment)
	if err != nil {
		t.Fatalf("harness: %v", err)
	}
	s.replayCases(t, target)
	engine := s.engine
	switch engine {
	case Race, Soak:
		engine = Stress // the binary or the command around us makes the difference
	case Explore:
		t.Fatalf("harness: schedules are controlled in binaries that are built for it: harness explore . --run '^%s$'", t.Name())
	}
	if why := target.Skip[engine]; why != "" {
		t.Skipf("harness: %s does not apply: %s", engine, why)
	}
	r, err := Drive(t.Context(), target, engine, s.cfg)
	if err != nil {
		t.Fatalf("harness: %v", err)
	}
	s.report(t, r)
}

// replayCases runs the saved cases of this test.
func (s *settings) replayCases(t *testing.T, target *Target) {
	t.Helper()
	for e := range casefile.Walk(s.cases) {
		if e.Err != nil {
			t.Errorf("harness: %v", e.Err)
			continue
		}
		if e.Case.Target == target.ID() && e.Case.Test == t.Name() {
			s.replayCase(t, target, e)
		}
	}
}

// replayCase runs one.
func (s *settings) replayCase(t *testing.T, target *Target, e casefile.Entry) {
	t.Helper()
	switch missing := Missing(e.Case); {
	case missing == "control":
		t.Logf("harness: skipped %s: no binary of go test can follow its schedule; this is no pass: harness repro %s", e.Path, e.Path)
		return
	case missing != "":
		t.Logf("harness: skipped %s: it requires %s; this is no pass", e.Path, missing)
		return
	}
	r, err := ReplayCase(t.Context(), target, e.Case, Config{For: 5 * time.Second})
	switch {
	case err != nil:
		t.Errorf("harness: %s: %v", e.Path, err)
	case r.Reproduced:
		t.Errorf("harness: %s fails again: %s: %s\n%s\nreplay  harness repro %s", e.Path, r.Verdict.Kind, r.Verdict.Message, r.Verdict.Evidence, e.Path)
	case e.Case.Expect == casefile.ExpectFail:
		t.Logf("harness: %s does not fail any more (%s); if that is the repair, set its line \"expect\" to pass", e.Path, r.Diverged)
	}
}

// Missing returns what a case requires and this program does not have, or "". What requires control of the schedule is not run by a program itself, but by
// package harness/explore, which builds one for it.
func Missing(c *casefile.Case) string {
	here := casefile.Here(time.Time{})
	var list []string
	for _, need := range c.Requires {
		switch os, _, _ := strings.Cut(here.Platform, "/"); {
		case need == "race" && here.Race, need == os:
		default:
			list = append(list, need)
		}
	}
	return strings.Join(list, ", ")
}

// report turns a result into test failures, and saves what failed.
func (s *settings) report(t *testing.T, r *Result) {
	t.Helper()
	for _, f := range r.Failures {
		c := f.Case(casefile.Here(time.Now()))
		c.Test = t.Name()
		path, err := casefile.Write(s.cases, c)
		saved := "saved   " + path + "\nreplay  harness repro " + path
		if err != nil {
			saved = fmt.Sprintf("not saved: %v", err)
			if errors.Is(err, fs.ErrPermission) {
				saved += " (-harness.cases names another directory)"
			}
		}
		t.Errorf("%s\n%s\n%s", f.Title(), f.Story(), saved)
	}
	if r.Status == Inconclusive {
		t.Errorf("inconclusive: %s", r.Reason)
	}
	t.Logf("%s %s: %d histories, %d operations, %d schedules in %v, seed %#x; not proved: %s", r.Engine, r.Target, r.Histories, r.Operations,
		r.Schedules, r.Elapsed.Round(time.Millisecond), r.Seed, strings.Join(r.NotProved, "; "))
}
