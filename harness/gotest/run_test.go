package gotest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// expected counts the runs of a test whose seed leaves a remainder, by asking the planner.
func expected(c RunConfig, test string, runs int, fails func(seed uint64) bool) int {
	p, n := newPlanner(c, c.environment()), 0
	for i := range runs {
		if fails(p.plan("example.com/scratch/rare."+test, i, false).Seed) {
			n++
		}
	}
	return n
}

func TestRareFailuresAreFoundApart(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^Test(Clean|RarePanic|RareAssertion)$", Iterations: 16, Seed: 5}
	var kinds []EventKind
	c.OnEvent = func(e Event) { kinds = append(kinds, e.Kind) }
	r := mustRun(t, context.Background(), c)
	panics := expected(c, "TestRarePanic", 16, func(s uint64) bool { return s%4 == 1 })
	asserts := expected(c, "TestRareAssertion", 16, func(s uint64) bool { return s%4 == 2 })
	if panics == 0 || asserts == 0 || panics == 16 || asserts == 16 {
		t.Fatalf("this seed shows nothing: %d panics, %d assertions", panics, asserts)
	}
	if x := testOf(t, r, "TestClean"); x.Verdict != OK || x.Runs != 16 || x.Failures != 0 || x.Rate.High < 0.15 || x.Rate.High > 0.19 {
		t.Errorf("clean test: %+v", x)
	}
	if x := testOf(t, r, "TestRarePanic"); x.Verdict != Fail || x.Runs != 16 || x.Failures != panics {
		t.Errorf("want %d panics: %+v", panics, x)
	}
	if len(r.Buckets) != 2 || r.Processes != 48 || !r.Failed() || len(kinds) != 1+48+2 || kinds[0] != Listed {
		t.Fatalf("%d buckets, %d processes, events %v", len(r.Buckets), r.Processes, kinds)
	}
	for _, b := range r.Buckets {
		checkBucket(t, b, map[signature.Kind]int{signature.Panic: panics, signature.Assertion: asserts}[b.Kind])
	}
}

// checkBucket checks the numbers of a bucket that one test showed in 16 runs.
func checkBucket(t *testing.T, b *Bucket, count int) {
	t.Helper()
	rate := float64(count) / 16
	if b.Count != count || b.Runs != 16 || b.Rate.Low >= rate || b.Rate.High <= rate || len(b.Tests) != 1 {
		t.Errorf("want %d of 16: %+v", count, b)
	}
	if len(b.First.Output) == 0 || !strings.Contains(b.First.Command, "go test") || !strings.Contains(b.First.Command, "HARNESS_RUN_SEED=0x") {
		t.Errorf("not to be repeated: %q\n%s", b.First.Command, b.First.Output)
	}
	if b.Kind == signature.Panic && len(b.Lost) != 1 {
		t.Errorf("the panic lost %v", b.Lost)
	}
}

func TestWhatNeverRanIsNotOK(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare", "mainskips", "bare", "broken"), Iterations: 3,
		Run: "^Test(Skipped|Killed|Never)$"}
	r := mustRun(t, context.Background(), c)
	for name, reason := range map[string]string{"TestSkipped": "skipped", "TestKilled": "outside", "TestNever": "never ran"} {
		if x := testOf(t, r, name); x.Verdict != Inconclusive || !strings.Contains(x.Reason, reason) || x.Runs != 0 {
			t.Errorf("%s: %+v", name, x)
		}
	}
	if r.Failed() || r.Conclusive() || len(r.Buckets) != 0 || len(r.Skipped) != 2 {
		t.Errorf("failed %v, conclusive %v, buckets %v, skipped %v", r.Failed(), r.Conclusive(), r.Buckets, r.Skipped)
	}
	if s := r.Skipped[1].Reason; !strings.HasPrefix(s, buildFailed) || !strings.Contains(s, "undefined: missing") {
		t.Errorf("broken package: %q", s)
	}
}

func TestPackageThatCannotListFails(t *testing.T) {
	r := mustRun(t, context.Background(), RunConfig{Binaries: binaries(t, scratch(), "mainfails"), Iterations: 2})
	if len(r.Buckets) != 1 || r.Buckets[0].Count != 2 || r.Buckets[0].Kind != signature.Exit || len(r.Notes) != 1 {
		t.Fatalf("%+v, notes %q", r.Buckets, r.Notes)
	}
	if x := testOf(t, r, wholePackage); x.Verdict != Fail || x.Failures != 2 {
		t.Errorf("%+v", x)
	}
}

func TestPackageInOneProcess(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "together"), Iterations: 6, Isolate: PerPackage}
	r := mustRun(t, context.Background(), c)
	if x := testOf(t, r, "TestSecond"); x.Failures != 6 || x.Runs != 6 {
		t.Errorf("%+v", x)
	}
	first, third := testOf(t, r, "TestFirst"), testOf(t, r, "TestThird")
	if first.Runs+third.Runs == 12 || first.Runs+third.Runs == 0 || first.Failures+third.Failures > 0 {
		t.Errorf("in half of the orders the panic comes before some test: %+v %+v", first, third)
	}
	if len(r.Buckets) != 1 || r.Buckets[0].Test != "TestSecond/sub" {
		t.Errorf("%+v", r.Buckets)
	}
}

func TestGrandchildrenDie(t *testing.T) {
	if !canDump {
		t.Skip("no process groups here")
	}
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestGrandchild", Iterations: 2}
	if r := mustRun(t, context.Background(), c); testOf(t, r, "TestGrandchild").Verdict != OK {
		t.Errorf("%+v", r)
	}
}

func TestEnvironmentOfTests(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestEnvironment", Iterations: 2, Env: []string{"GIVEN=this"}, Workers: 1}
	r := mustRun(t, context.Background(), c)
	if len(r.Buckets) != 1 || !strings.Contains(r.Buckets[0].Title, "in rare with this") {
		t.Errorf("%+v", r.Buckets)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^Test(Clean|Sleeper)$", For: time.Hour, Env: []string{"SLEEPER="}}
	c.OnEvent = func(e Event) {
		if e.Processes >= 5 {
			cancel()
		}
	}
	if r := mustRun(t, ctx, c); !r.Cancelled || r.Processes < 5 || r.Failed() {
		t.Errorf("%+v", r)
	}
}

func TestCancelKillsWhatHangs(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^TestRareHang$", For: time.Hour, Timeout: time.Hour, Workers: 1}
	for c.Seed = 1; expected(c, "TestRareHang", 2, func(s uint64) bool { return s%6 == 0 }) != 1 ||
		expected(c, "TestRareHang", 1, func(s uint64) bool { return s%6 == 0 }) != 0; c.Seed++ {
	}
	path := c.Binaries[0].Path
	go func() { // the first process ends, the second hangs until it is killed
		defer cancel()
		for limit := time.Now().Add(20 * time.Second); len(processesOf(path)) == 0 && time.Now().Before(limit); {
			runtime.Gosched()
		}
	}()
	seen := false
	c.OnEvent = func(e Event) { seen = seen || e.Kind == Ran }
	r := mustRun(t, ctx, c)
	if !r.Cancelled || len(r.Buckets) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestBudgetEndsTheRun(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "^TestClean$", For: 50 * time.Millisecond}
	if r := mustRun(t, context.Background(), c); r.Cancelled || r.Processes == 0 {
		t.Errorf("%+v", r)
	}
}

func TestNothingSelected(t *testing.T) {
	dir := t.TempDir()
	c := RunConfig{Binaries: binaries(t, scratch(), "rare", "bare"), Run: "^TestNoSuchThing$", Iterations: 1, TempDir: dir}
	r, err := Run(context.Background(), c)
	if !errors.Is(err, ErrNothingSelected) || len(r.Skipped) != 2 || r.Conclusive() {
		t.Errorf("%+v, %v", r, err)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestBadConfigurations(t *testing.T) {
	for name, c := range map[string]RunConfig{
		"no end": {}, "negative": {For: 1, Workers: -1}, "isolation": {For: 1, Isolate: 7}, "expression": {For: 1, Run: "("},
		"sub-expression": {For: 1, Run: "a/("}, "procs": {For: 1, Procs: []int{0}},
	} {
		if r, err := Run(context.Background(), c); err == nil || r != nil {
			t.Errorf("%s: %v %v", name, r, err)
		}
	}
}

func TestMissingBinaryIsAnError(t *testing.T) {
	b := Binary{ImportPath: "example.com/gone", Dir: t.TempDir(), Path: filepath.Join(t.TempDir(), "gone.test")}
	c := RunConfig{Binaries: []Binary{b}, For: time.Hour, TempDir: t.TempDir()}
	r, err := Run(context.Background(), c)
	if r == nil || r.Failed() || r.Conclusive() || len(r.Notes) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, statErr := os.Stat(b.Path); statErr == nil {
		t.Error("the binary exists")
	}
}
