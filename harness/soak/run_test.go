package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/growth"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// mustRun soaks.
func mustRun(t *testing.T, cfg Config) *Report {
	t.Helper()
	r, err := run(t.Context(), cfg, scripted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// drive soaks with the real engines.
func drive(t *testing.T, cfg Config) *Report {
	t.Helper()
	r, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReportIsAFunctionOfTheSeed(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	r := mustRun(t, controlledConfig(a, 20))
	mustRun(t, controlledConfig(b, 20))
	for _, name := range []string{journalFile, TextName, JSONName} {
		if !bytes.Equal(read(t, a, name), read(t, b, name)) {
			t.Errorf("%s differs between two runs of one seed", name)
		}
	}
	t.Logf("\n%s", r.Text())
	if r.Status != report.Violated || !r.Complete || r.Budget.Done != 20 {
		t.Errorf("status %v, complete %v, %d rounds", r.Status, r.Complete, r.Budget.Done)
	}
}

func TestBucketsAreCapped(t *testing.T) {
	dir := t.TempDir()
	r := mustRun(t, controlledConfig(dir, 40))
	if r.Targets[0].Status != report.Held || r.Targets[1].Status != report.Violated {
		t.Fatalf("targets %+v", r.Targets)
	}
	if len(r.Failures) != 2 {
		t.Fatalf("%d buckets", len(r.Failures))
	}
	f := r.Failures[0]
	if f.Rounds < 4 || f.Examples < 3 || f.Examples >= f.Rounds {
		t.Errorf("%d examples of %d rounds, at most 3 and smaller ones wanted", f.Examples, f.Rounds)
	}
	if f.First == nil || f.Smallest.Steps > f.First.Steps || f.Case == "" || f.Rate.Unit != "round" || f.Rate.Low <= 0 || f.Rate.High < f.Rate.Low {
		t.Errorf("bucket %+v", f)
	}
	if n := bytes.Count(read(t, dir, journalFile), []byte(`"rec":"failure"`)); n != f.Examples+r.Failures[1].Examples {
		t.Errorf("the journal has %d examples, the report says %d and %d", n, f.Examples, r.Failures[1].Examples)
	}
}

func TestEvents(t *testing.T) {
	var text bytes.Buffer
	sink := report.NewText(&text, report.TextOptions{})
	tally := &report.Tally{}
	out := report.NewMulti(func() time.Time { return time.Time{} }, sink, tally)
	cfg := controlledConfig(t.TempDir(), 12)
	cfg.Emit = out.Emit
	out.Emit(report.Event{Kind: report.Start, Engine: "soak", Package: "test", Targets: []string{"good", "lossy"}, Seed: 7})
	mustRun(t, cfg)
	end := tally.Summary()
	out.Emit(end)
	t.Logf("\n%s", text.String())
	if *end.Exit != report.ExitViolated || end.Counts.Held != 1 || end.Counts.Violated != 1 || end.Histories == 0 {
		t.Errorf("end %+v, counts %+v", end, end.Counts)
	}
	for _, want := range []string{"ok       good", "FAIL     lossy", "note     lossy", "replay   harness repro cases/linearizable-", "rate     "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in the text", want)
		}
	}
}

func TestAllEnginesOnRealGoroutines(t *testing.T) {
	repeat.Once(t)
	dir, bad := t.TempDir(), lossy()
	bad.Skip = map[harness.Engine]string{harness.Stress: "check is quicker to find it", harness.Chaos: "so it is"}
	cfg := Config{Targets: []*harness.Target{good(), bad}, Rounds: 4, Seed: 1, Dir: dir, Round: harness.Config{Iterations: 10, Limit: 1}}
	r := drive(t, cfg)
	if r.Targets[0].Status == report.Violated {
		t.Errorf("the correct twin is accused:\n%s", r.Text())
	}
	if len(r.Targets[0].Engines) != 3 || len(r.Skipped) != 2 || r.Targets[1].Status != report.Violated || r.Failures[0].Kind != "linearizable" {
		t.Errorf("not as expected:\n%s", r.Text())
	}
	var back Report
	if err := json.Unmarshal(read(t, dir, JSONName), &back); err != nil || back.Budget != r.Budget || len(back.Growth) != 9 {
		t.Errorf("the JSON report: %v, %+v", err, back.Budget)
	}
}

// failing is an engine for which a function stands in.
func failing(f func(ctx context.Context, target *harness.Target, cfg harness.Config) *harness.Result) engine {
	return func(ctx context.Context, t *harness.Target, _ harness.Engine, cfg harness.Config) (*harness.Result, error) {
		return f(ctx, t, cfg), nil
	}
}

// tick returns a clock that moves by a step each time it is read, and stands in for work.
func tick(step time.Duration) func() time.Duration {
	now := time.Duration(0)
	return func() time.Duration { now += step; return now }
}

func TestBudgetOfTimeIsSpentAcrossProcesses(t *testing.T) {
	cfg := controlledConfig(t.TempDir(), 0)
	cfg.For, cfg.Round.For = time.Minute, 5*time.Second
	var limits []time.Duration
	held := failing(func(_ context.Context, _ *harness.Target, cfg harness.Config) *harness.Result {
		limits = append(limits, cfg.For)
		return &harness.Result{Status: harness.Held, Histories: 1}
	})
	cfg.Clock = tick(time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Emit = func(e report.Event) {
		if e.Kind == report.Run && len(limits) == 3 {
			cancel()
		}
	}
	first, err := run(ctx, cfg, held)
	if err != nil || first.Complete || first.Stopped != stopInterrupted || first.Budget.Done != 3 {
		t.Fatalf("%v, %+v", err, first)
	}
	cfg.Resume, cfg.Emit, cfg.For, cfg.Clock = true, nil, 0, tick(time.Second)
	second, err := run(t.Context(), cfg, held)
	if err != nil || !second.Complete || second.Budget.For != time.Minute || second.Budget.Processes != 2 {
		t.Fatalf("%v, %+v", err, second)
	}
	if spent := second.Budget.Time; spent < time.Minute || spent > time.Minute+5*time.Second {
		t.Errorf("%v of a minute spent", spent)
	}
	if last := limits[len(limits)-1]; last >= 5*time.Second {
		t.Errorf("the last round got %v, more than was left", last)
	}
	if again := mustRun(t, cfg); again.Budget.Done != second.Budget.Done {
		t.Errorf("a spent budget was spent again: %d rounds, then %d", second.Budget.Done, again.Budget.Done)
	}
}

func TestAnInterruptedRoundIsRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := controlledConfig(t.TempDir(), 4)
		ctx, cancel := context.WithCancel(t.Context())
		interrupted := failing(func(ctx context.Context, _ *harness.Target, _ harness.Config) *harness.Result {
			cancel()
			<-ctx.Done()
			r := failed("linearizable", "seen before the signal", "")
			r.Histories = 1
			return r
		})
		r, err := run(ctx, cfg, interrupted)
		if err != nil || r.Stopped != stopInterrupted || r.Budget.Done != 0 || len(r.Failures) != 1 || r.Status != report.Violated {
			t.Fatalf("%v, %+v", err, r)
		}
		cfg.Resume = true
		held := failing(func(context.Context, *harness.Target, harness.Config) *harness.Result {
			return &harness.Result{Status: harness.Held, Histories: 5}
		})
		r, err = run(t.Context(), cfg, held)
		if err != nil || r.Budget.Done != 4 || r.Budget.Deaths != 0 || len(r.Failures) != 1 || r.Failures[0].Rounds != 1 {
			t.Fatalf("%v, %+v", err, r)
		}
	})
}

func TestARoundThatDoesNotEndIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := controlledConfig(t.TempDir(), 6)
		cfg.Round.For = time.Second
		release := make(chan struct{})
		stuck := failing(func(_ context.Context, target *harness.Target, _ harness.Config) *harness.Result {
			if target.Name == "lossy" {
				<-release
			}
			return &harness.Result{Status: harness.Held, Histories: 1}
		})
		r, err := run(t.Context(), cfg, stuck)
		close(release)
		if err != nil || r.Budget.Done != 6 {
			t.Fatalf("%v, %+v", err, r)
		}
		e := r.Targets[1].Engines[0]
		if len(r.Failures) != 1 || r.Failures[0].Kind != "hang" || !e.Dropped || e.Rounds != 1 {
			t.Errorf("%+v, %+v", r.Failures, e)
		}
	})
}

func TestAnEngineThatIgnoresTheSignalIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := controlledConfig(t.TempDir(), 6)
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		r, err := run(ctx, cfg, failing(func(context.Context, *harness.Target, harness.Config) *harness.Result {
			cancel()
			<-release
			return &harness.Result{}
		}))
		close(release)
		if err != nil || r.Stopped != stopInterrupted || r.Budget.Done != 0 || r.Status != report.Inconclusive {
			t.Fatalf("%v, %+v", err, r)
		}
	})
}

func TestAPanicOfTheEngineIsAFailure(t *testing.T) {
	cfg := controlledConfig(t.TempDir(), 4)
	r, err := run(t.Context(), cfg, failing(func(_ context.Context, target *harness.Target, _ harness.Config) *harness.Result {
		if target.Name == "lossy" {
			panic("no such number: 17")
		}
		return &harness.Result{Status: harness.Held, Histories: 1}
	}))
	if err != nil || r.Targets[0].Status != report.Held || r.Targets[1].Status != report.Violated || r.Failures[0].Kind != "panic" {
		t.Fatalf("%v, %+v", err, r)
	}
}

// judge is what the command hands in.
func judge(values []float64, floor float64) Trend {
	t := growth.Judge(values, floor)
	status := map[growth.Verdict]harness.Status{growth.Grows: harness.Violated, growth.Steady: harness.Held}[t.Verdict]
	return Trend{Status: status, Reason: t.Reason, Tail: t.Tail}
}

// TestNoJudge: growth that nobody judges is inconclusive, and the report says why.
func TestNoJudge(t *testing.T) {
	r := mustRun(t, controlledConfig(t.TempDir(), 3))
	if g := r.Growth[0]; g.Status != report.Inconclusive || g.Reason != "no judge of growth was given" {
		t.Errorf("%+v", g)
	}
}

// TestGrowthIsFound soaks a target that keeps memory for good, and its twin that does not, with what the machine measures.
func TestGrowthIsFound(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("real rounds, as many as growth needs")
	}
	var kept [][]byte
	hoard := counterTarget("hoard", func(env *harness.Env) any {
		kept = append(kept, make([]byte, 64<<10))
		return &counter{at: env.Hook()}
	})
	cfg := Config{Targets: []*harness.Target{good(), hoard}, Engines: []harness.Engine{harness.Stress}, Rounds: 2 * growth.MinSamples, Seed: 1, Dir: t.TempDir(),
		Round: harness.Config{Iterations: 2}, Judge: judge}
	r := drive(t, cfg)
	for _, g := range r.Growth {
		want := report.Held
		if g.Metric == "heap" && g.Target != "test/good" {
			want = report.Violated
		}
		if g.Status != want && !(g.Metric == "files" && g.Reason == "this system does not tell") {
			t.Errorf("%+v, want %v", g, want)
		}
	}
	if r.Targets[0].Status == report.Violated || r.Targets[1].Status != report.Violated {
		t.Errorf("growth found in the wrong place:\n%s", r.Text())
	}
	t.Logf("%d kept\n%s", len(kept), r.Text())
}

func TestDirectories(t *testing.T) {
	dir := t.TempDir()
	cfg := controlledConfig(dir, 3)
	cfg.Resume = true
	wantReason(t, cfg, ErrMissing)
	cfg.Resume = false
	mustRun(t, cfg)
	wantReason(t, cfg, ErrExists)
	cfg.Resume = true
	for name, change := range map[string]func(*Config){
		"seed":    func(c *Config) { c.Seed = 8 },
		"target":  func(c *Config) { c.Targets = c.Targets[:1] },
		"order":   func(c *Config) { c.Targets = []*harness.Target{lossy(), good()} },
		"engine":  func(c *Config) { c.Engines = []harness.Engine{harness.Stress} },
		"program": func(c *Config) { c.Round.Ops = 3 },
	} {
		other := cfg
		change(&other)
		t.Log(name, ":", wantReason(t, other, ErrMismatch))
	}
	before := read(t, dir, journalFile)
	cfg.Seed, cfg.Rounds = 0, 5
	if r := mustRun(t, cfg); r.Seed != 7 || r.Budget.Done != 5 {
		t.Errorf("resumed with seed %v, %d rounds", r.Seed, r.Budget.Done)
	}
	if !bytes.HasPrefix(read(t, dir, journalFile), before) {
		t.Error("the journal was not appended to")
	}
}

// wantReason expects an error about the directory, of one line and with a hint.
func wantReason(t *testing.T, cfg Config, reason error) error {
	t.Helper()
	_, err := Run(t.Context(), cfg)
	e, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(err, reason) || e.Hint == "" && reason != ErrConfig || strings.ContainsAny(e.Error()+e.Hint, "\n") {
		t.Errorf("error %#v, want %v", err, reason)
	}
	return err
}

func TestConfigs(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no dir":     func(c *Config) { c.Dir = "" },
		"no targets": func(c *Config) { c.Targets = nil },
		"no end":     func(c *Config) { c.Rounds = 0 },
		"negative":   func(c *Config) { c.For = -1 },
		"soak":       func(c *Config) { c.Engines = []harness.Engine{harness.Soak} },
		"twice":      func(c *Config) { c.Targets = append(c.Targets, good()) },
		"nothing": func(c *Config) {
			c.Targets[0].Skip = map[harness.Engine]string{harness.Check: "no"}
			c.Targets = c.Targets[:1]
		},
		"bad targets": func(c *Config) { c.Targets[0].Doc = "" },
	} {
		cfg := controlledConfig(filepath.Join(t.TempDir(), "state"), 2)
		change(&cfg)
		t.Log(name, ":", wantReason(t, cfg, ErrConfig))
	}
}

// TestADeathOutsideOfRoundsAccusesNobody lets a process die in a round, the next one before it began that round again, and one more after
// it was interrupted, with last words: only the first death counts.
func TestADeathOutsideOfRoundsAccusesNobody(t *testing.T) {
	for name, tail := range map[string][]*record{
		"before a round":        {{Kind: recDied, Died: &death{}}, {Kind: recOpen, Open: &budget{Rounds: 6}}},
		"after an interruption": {{Kind: recDied, Died: &death{}}, {Kind: recOpen, Open: &budget{Rounds: 6}}, {Kind: recInterrupted}},
	} {
		cfg := controlledConfig(t.TempDir(), 3)
		mustRun(t, cfg)
		old, size, err := readJournal(cfg.Dir)
		if err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(cfg.Dir, size)
		if err != nil {
			t.Fatal(err)
		}
		s := &soak{journal: j, state: old}
		old.budget.Rounds = 6
		n, b, _ := old.next()
		for _, r := range append([]*record{{Kind: recBegin, Begin: b}}, tail...) {
			r.Round = n
			if err := s.record(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(j.file.Close(), os.WriteFile(filepath.Join(cfg.Dir, crashFile), []byte("panic: the command\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		cfg.Resume, cfg.Rounds = true, 6
		r := mustRun(t, cfg)
		if r.Budget.Deaths != 1 || r.Budget.Done != 6 || strings.Contains(r.Text(), kindCrash+":") {
			t.Errorf("%s: %+v\n%s", name, r.Budget, r.Text())
		}
	}
}
