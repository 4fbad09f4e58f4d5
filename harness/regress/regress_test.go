package regress

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/explore"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// bank is the package that is explored.
const bank = "github.com/concurrency-god-mode/godmode/harness/regress/testdata/bank"

// caseOf returns a case about the bank.
func caseOf(expect casefile.Expectation) *casefile.Case {
	return &casefile.Case{Package: bank, Test: "TestDeposit", Engine: "explore", Kind: "assertion", Signature: "assertion: x", Fidelity: casefile.Fidelity{Level: casefile.Exact}, Expect: expect}
}

// save writes a case and returns its directory.
func save(t *testing.T, c *casefile.Case) string {
	t.Helper()
	dir := t.TempDir()
	if err := casefile.Save(filepath.Join(dir, "one.case"), c); err != nil {
		t.Fatal(err)
	}
	return dir
}

// saved explores the bank once and returns the case of what it finds.
func saved(t *testing.T) *casefile.Case {
	t.Helper()
	tc, err := control.Detect(t.Context(), control.Config{})
	if err != nil || !tc.Runs() {
		t.Skip("nothing can be controlled here: ", err)
	}
	set, err := explore.Build(t.Context(), explore.BuildConfig{Patterns: []string{bank}, Detector: explore.WithoutRace, TempDir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	path := ""
	config := explore.Config{Packages: set.Packages, Schedules: 200, Seed: 1, CaseDir: t.TempDir(), TempDir: t.TempDir(), Now: time.Now}
	if _, err := explore.Run(t.Context(), config, func(e report.Event) { path += e.Case }); err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A case of a bug that is there fails, whatever it expects, with what happened and how to see it again. Of one that was repaired it passes.
func TestCases(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	c := saved(t)
	for expect, want := range map[casefile.Expectation]string{casefile.ExpectFail: "the bug is still there: ", casefile.ExpectPass: "the bug is back: "} {
		c.Expect = expect
		dir := save(t, c)
		said := replayed(t, dir)
		for _, part := range []string{want, "assertion: bank_test.go:16: 1 of 2 are left; reproduced exactly\n", "Account.Balance", "<- forced switch", "replay   harness repro " + filepath.ToSlash(dir) + "/one.case"} {
			if !said.fails || !strings.Contains(said.text, part) {
				t.Errorf("expect %s: no %q in %+v", expect, part, said)
			}
		}
	}
	c.Config.Set("build", `["-tags=repaired"]`)
	if said := replayed(t, save(t, c)); said.fails || said.skips || !strings.Contains(said.text, "the program was edited") || !strings.Contains(said.text, "schedules around it did not fail") {
		t.Errorf("%+v", said)
	}
	t.Run("repaired", func(t *testing.T) { Cases(t, save(t, c)) })
	c.Config.Set("build", `["-tags=repaired"]`)
	c.Package += "/gone"
	if said := replayed(t, save(t, c)); !said.fails {
		t.Errorf("a package that is not there: %+v", said)
	}
}

// replayed replays the only case of a directory.
func replayed(t *testing.T, dir string) judgement {
	t.Helper()
	groups, err := collect(dir)
	if err != nil || len(groups) != 1 || len(groups[0].cases) != 1 {
		t.Fatal(groups, err)
	}
	set, err := groups[0].build(t.Context(), t.TempDir())
	if err == nil {
		defer set.Close()
	}
	return groups[0].cases[0].run(t.Context(), t.TempDir(), set, err)
}

// What shows nothing is skipped or fails, and never passes.
func TestRunRefused(t *testing.T) {
	f := found{"one.case", "one.case", caseOf(casefile.ExpectPass)}
	f.c.Requires = []string{"race", "plan9"}
	if said := f.run(context.Background(), t.TempDir(), nil, nil); !said.skips || said.text != "it requires plan9, which is not here" {
		t.Errorf("another system: %+v", said)
	}
	f.c.Requires = []string{"race", runtime.GOOS}
	for name, c := range map[string]struct {
		p     explore.Package
		err   error
		skips bool
	}{
		"unsupported": {p: explore.Package{Refused: "there are edits for go1.26, and it is built by go1.1"}, skips: true},
		"broken":      {p: explore.Package{BuildError: "x.go:1: syntax error"}},
		"canary":      {err: explore.ErrCanary},
		"no compiler": {err: errors.New("go: -race requires cgo"), skips: true},
	} {
		said := f.run(context.Background(), t.TempDir(), &explore.Set{Packages: []explore.Package{c.p}}, c.err)
		if said.skips != c.skips || said.fails == c.skips || said.text == "" {
			t.Errorf("%s: %+v", name, said)
		}
	}
}

func TestJudge(t *testing.T) {
	x := &explain.Execution{Test: "TestDeposit", Failure: "assertion", Message: "wrong"}
	for name, c := range map[string]struct {
		expect casefile.Expectation
		r      explore.Replay
		want   judgement
		text   string
	}{
		"back":      {casefile.ExpectPass, explore.Replay{Reproduced: true, Execution: x}, judgement{fails: true}, "the bug is back: assertion: wrong; reproduced exactly"},
		"there":     {casefile.ExpectFail, explore.Replay{Reproduced: true, Execution: x, Manner: explore.Sought, Searched: 7}, judgement{fails: true}, "after 7 schedules"},
		"gone":      {casefile.ExpectFail, explore.Replay{}, judgement{}, "harness repro --promote one.case"},
		"repaired":  {casefile.ExpectPass, explore.Replay{Edited: true, Searched: 500}, judgement{}, "500 schedules around it did not fail so either"},
		"nothing":   {casefile.ExpectPass, explore.Replay{Problem: "waits for a real socket"}, judgement{skips: true}, "nothing was shown: waits for a real socket"},
		"otherwise": {casefile.ExpectPass, explore.Replay{Other: "leak: x"}, judgement{fails: true}, "failed in another way: leak: x"},
	} {
		got := found{"one.case", "one.case", caseOf(c.expect)}.judge(&c.r)
		if got.fails != c.want.fails || got.skips != c.want.skips || !strings.Contains(got.text, c.text) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Cases that need the same build share it; those of others are left to them; what cannot be read is an error.
func TestCollect(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, change func(*casefile.Case)) {
		c := caseOf(casefile.ExpectPass)
		change(c)
		if err := casefile.Save(filepath.Join(dir, name), c); err != nil {
			t.Fatal(err)
		}
	}
	write("a.case", func(c *casefile.Case) {})
	write("b.case", func(c *casefile.Case) { c.Test = "TestOther" })
	write("race.case", func(c *casefile.Case) { c.Found.Race = true })
	write("tags.case", func(c *casefile.Case) { c.Config.Set("build", `["-tags=x"]`) })
	write("stress.case", func(c *casefile.Case) { c.Engine = "stress" })
	groups, err := collect(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, g := range groups {
		var names []string
		for _, f := range g.cases {
			names = append(names, f.name)
		}
		got[strings.Join(names, " ")] = true
	}
	if want := []string{"a.case b.case", "race.case", "tags.case"}; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		t.Errorf("%v, want %v", got, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "torn.case"), []byte("harness case v1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := collect(dir); err == nil || !strings.Contains(err.Error(), "torn.case") {
		t.Error(err)
	}
	if _, err := collect(filepath.Join(dir, "none")); err == nil {
		t.Error("a directory that is not there was taken for one without cases")
	}
}

// A process of the harness replays nothing, nor does -short.
func TestElsewhere(t *testing.T) {
	for _, c := range []struct {
		env, want string
		short     bool
	}{{"", "", false}, {"", "-short", true}, {"GODMODE_EXPLORE", "controls no others", false}, {"HARNESS_RUN_SEED", "controls no others", true}} {
		got := elsewhere(func(name string) (string, bool) { return map[string]string{c.env: "x"}[name], name == c.env }, c.short)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
