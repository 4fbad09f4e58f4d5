package regress

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/explore"
)

// Cases replays the cases of harness explore that lie in a directory or below it, each in a subtest named after its file. A path that is not absolute
// starts at the directory of the test. Cases of other engines belong to others: harness.Test and harness repro replay them.
func Cases(t *testing.T, dir string) {
	t.Helper()
	if why := elsewhere(os.LookupEnv, testing.Short()); why != "" {
		t.Skip(why)
	}
	groups, err := collect(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(groups) == 0 {
		t.Skipf("no case of harness explore is in %s: nothing was replayed", dir)
	}
	for _, g := range groups {
		g.replay(t)
	}
}

// elsewhere says why this process is no place to replay anything, or returns "".
func elsewhere(lookup func(string) (string, bool), short bool) string {
	for _, name := range []string{"GODMODE_EXPLORE", "HARNESS_RUN_SEED"} {
		if v, _ := lookup(name); v != "" {
			return "skipped: the harness runs this process, and a test under its control builds and controls no others"
		}
	}
	if short {
		return "skipped by -short: the first build of a standard library for control takes minutes"
	}
	return ""
}

// A found is one case.
type found struct {
	name, path string
	c          *casefile.Case
}

// A group is cases that need the same build.
type group struct {
	pkg   string
	flags []string
	race  bool
	cases []found
}

// collect returns the cases below a directory, by what they need. A file that is no case is an error: it may have been one.
func collect(dir string) (groups []*group, err error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("the cases to replay: %w", err)
	}
	known := map[string]*group{}
	for e := range casefile.Walk(dir) {
		if e.Err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, e.Err)
		}
		if !explore.Owns(e.Case) {
			continue
		}
		flags, err := explore.BuildFlags(e.Case)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, err)
		}
		key := fmt.Sprintf("%s %q %v", e.Case.Package, flags, e.Case.Found.Race)
		if known[key] == nil {
			known[key] = &group{pkg: e.Case.Package, flags: flags, race: e.Case.Found.Race}
			groups = append(groups, known[key])
		}
		name, err := filepath.Rel(dir, e.Path)
		if err != nil {
			return nil, err
		}
		known[key].cases = append(known[key].cases, found{filepath.ToSlash(name), filepath.ToSlash(e.Path), e.Case})
	}
	return groups, nil
}

// replay builds the package of a group and replays its cases.
func (g *group) replay(t *testing.T) {
	set, err := g.build(t.Context(), t.TempDir())
	if err == nil {
		defer set.Close()
	}
	for _, f := range g.cases {
		t.Run(f.name, func(t *testing.T) {
			switch said := f.run(t.Context(), t.TempDir(), set, err); {
			case said.fails:
				t.Error(said.text)
			case said.skips:
				t.Skip("skipped, which is no pass: " + said.text)
			default:
				t.Log(said.text)
			}
		})
	}
}

// build builds the package of a group.
func (g *group) build(ctx context.Context, temp string) (*explore.Set, error) {
	b := explore.BuildConfig{Patterns: []string{g.pkg}, Flags: g.flags, Detector: explore.WithoutRace, TempDir: temp, Now: time.Now}
	if g.race {
		b.Detector = explore.WithRace
	}
	return explore.Build(ctx, b)
}

// A judgement is what a replay means for go test.
type judgement struct {
	fails, skips bool
	text         string
}

// run replays one case in what was built for it, if that was possible.
func (f found) run(ctx context.Context, temp string, set *explore.Set, err error) judgement {
	if need := f.missing(); need != "" {
		return judgement{skips: true, text: "it requires " + need + ", which is not here"}
	}
	if explore.NoDetector(err) {
		return judgement{skips: true, text: "the race detector cannot be built here: " + err.Error()}
	} else if err != nil {
		return judgement{fails: true, text: err.Error()}
	}
	switch p := set.Packages[0]; {
	case p.Refused != "":
		return judgement{skips: true, text: "not under control: " + p.Refused}
	case p.BuildError != "":
		return judgement{fails: true, text: p.ImportPath + " was not built: " + p.BuildError}
	}
	r, err := explore.Again(ctx, explore.Config{Env: []string{"HARNESS_ENGINE=check"}, TempDir: temp, Now: time.Now}, set.Packages[0], f.c)
	if err != nil {
		return judgement{fails: true, text: err.Error()}
	}
	return f.judge(r)
}

// missing returns what a case requires and this machine does not have, or "". The race detector is looked for by the build.
func (f found) missing() string {
	for _, need := range f.c.Requires {
		if need != "race" && need != runtime.GOOS {
			return need
		}
	}
	return ""
}

// judge compares a replay with what the case expects.
func (f found) judge(r *explore.Replay) judgement {
	switch {
	case r.Reproduced:
		which := "the bug is back"
		if f.c.Expect == casefile.ExpectFail {
			which = "the bug is still there"
		}
		return judgement{fails: true, text: fmt.Sprintf("%s: %s; %s\n\n%s\n  replay   harness repro %s\n  explain  harness explain %[5]s", which, explain.Headline(r.Execution), r.How(),
			explore.Text(r.Execution, 0), f.path)}
	case r.Problem != "":
		return judgement{skips: true, text: "nothing was shown: " + r.Problem}
	case r.Other != "":
		return judgement{fails: true, text: r.Missed() + "\n  explore  harness explore " + f.c.Package + " --run '^" + f.c.Test + "$'"}
	case f.c.Expect == casefile.ExpectFail:
		return judgement{text: "it does not fail any more; if that is the repair: harness repro --promote " + f.path + "\n" + r.Missed()}
	}
	return judgement{text: r.Missed()}
}
