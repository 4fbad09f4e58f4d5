package classics

import (
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// budget is how many schedules a trial may take, as in the literature.
const budget = 10_000

// engine returns an engine that is closed when the test ends.
func engine(t testing.TB, steps int) *model.Engine {
	e := model.New(model.Limits{Steps: steps})
	t.Cleanup(e.Close)
	return e
}

// strategy returns a fresh strategy.
func strategy(t testing.TB, name string) sched.Strategy {
	s, ok := sched.New(name)
	if !ok {
		t.Fatalf("no strategy is called %q", name)
	}
	return s
}

// operations returns how many operations the longest of some random schedules has: those of the prototype's table.
func operations(t testing.TB, e *model.Engine, c *Classic) (n, threads int) {
	s := strategy(t, "rw")
	for i := range 100 {
		r := e.Run(c.Program, s, model.Seed(1, i))
		n, threads = max(n, r.Operations), r.Threads
	}
	return n, threads
}

func TestDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, c := range All() {
		switch {
		case names[c.Name] || c.Name == "" || strings.ContainsAny(c.Name, " |"):
			t.Errorf("%q is no name, or used twice", c.Name)
		case !strings.HasSuffix(c.Doc, ".") || c.Source == "" || c.Program == nil || c.Fixed == nil:
			t.Errorf("%s: say what it does and who described it", c.Name)
		case Find(c.Name) == nil:
			t.Errorf("%s is not found by its name", c.Name)
		}
		names[c.Name] = true
	}
	for _, table := range []map[string]bool{keys(published), keys(prototype)} {
		for name := range table {
			if !names[name] {
				t.Errorf("%s is published, and we do not have it", name)
			}
		}
	}
	if Find("nobody") != nil {
		t.Error("Find finds what is not there")
	}
}

func keys[V any](m map[string]V) map[string]bool {
	set := map[string]bool{}
	for k := range m {
		set[k] = true
	}
	return set
}

// TestGranularity: the programs have as many threads and operations as the prototype's had, so that numbers of schedules compare. Those that run on after the
// random part of their work are as long to the operation; stack and circular_buffer do as much as chance has them do.
func TestGranularity(t *testing.T) {
	e := engine(t, 0)
	for _, c := range All() {
		want, ok := prototype[c.Name]
		if !ok || short() && !quick(c) {
			continue
		}
		n, threads := operations(t, e, c)
		if threads != want.threads || n < want.operations*4/5 || n > want.operations*6/5+2 {
			t.Errorf("%s has %d operations in %d threads, the prototype had %d in %d", c.Name, n, threads, want.operations, want.threads)
		}
	}
}

// short says whether the tests must not take long.
func short() bool { return testing.Short() || raced }

// quick says whether a program belongs to a short run of the tests.
func quick(c *Classic) bool {
	return !strings.HasSuffix(c.Name, "_100") && c.Name != "longtrace_4x200" && c.Name != "SafeStack"
}

// TestFound: the portfolio finds every bug within the budget, except that of SafeStack, for which see BenchmarkSafeStack.
func TestFound(t *testing.T) {
	for _, c := range All() {
		if c.Name == "SafeStack" || short() && !quick(c) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			e := engine(t, 0)
			sum := e.Explore(c.Program, strategy(t, "portfolio"), 1, budget)
			if sum.First == 0 {
				t.Fatalf("not found in %d schedules (%d cut off)", sum.Schedules, sum.CutOff)
			}
			want := model.Assertion
			if c.Name == "deadlock01" || c.Name == "carter01" {
				want = model.Deadlock
			}
			if sum.Result.Failure != want {
				t.Errorf("failed by %v (%s) instead of %v", sum.Result.Failure, sum.Result.Message, want)
			}
		})
	}
}

// TestFixed: no schedule fails a twin. The long ones survive fewer here, and all of them 2000 when the table is written.
func TestFixed(t *testing.T) {
	schedules := 2000
	if short() {
		schedules = 200
	}
	for _, c := range All() {
		n := schedules
		if !quick(c) || strings.HasSuffix(c.Name, "50") {
			n /= 20
		}
		survives(t, c, n)
	}
}

// survives runs a twin under every kind of schedule.
func survives(t *testing.T, c *Classic, n int) {
	t.Helper()
	e := engine(t, 0)
	sum := e.Explore(c.Fixed, strategy(t, "portfolio"), 2, n)
	if sum.First > 0 {
		t.Errorf("the twin of %s failed in schedule %d: %v: %s", c.Name, sum.First, sum.Result.Failure, sum.Result.Message)
	}
	if sum.CutOff > n/100 {
		t.Errorf("%d of %d schedules of the twin of %s were cut off: they prove nothing", sum.CutOff, n, c.Name)
	}
}
