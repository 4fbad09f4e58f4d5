// How far the failures of the classic programs shrink. Five failures of each of 27 programs from each of five strategies, where 3 000 schedules show as
// many: 659 failures, all reproduced by their switches alone; 13.1 forced switches before, 1.6 after, 6 at most; 98.8 % need at most 4; 40 replays each.
//
//	go test -run '^$' -bench Minimise500 -benchtime 1x ./harness/sched
//
// What is left above 4 is StateWorkStealQueue, whose failure takes five switches or six.

package sched_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/model/classics"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// classicLimit is how many operations an execution may take. SafeStack and the longest traces are left out: they take too long to find.
const classicLimit = 20_000

// finders are the strategies whose failures are minimised.
var finders = []string{"rw", "pos", "urw", "surw", "pct"}

// replayed makes an oracle of a program of package model. Failures are the same if they are of one kind and say the same.
func replayed(e *model.Engine, p model.Program, seed uint64, like model.Result) Oracle {
	replay := NewReplay(nil)
	recorder := NewRecorder(replay)
	return func(lists [][]Switch) []Result {
		all := make([]Result, len(lists))
		for i, list := range lists {
			replay.Follow(list)
			r := e.Run(p, recorder, seed)
			same := r.Failure == like.Failure && (r.Failure == model.Deadlock || r.Message == like.Message)
			all[i] = Result{Fails: r.Outcome == Failed && same, Actual: slices.Clone(recorder.Switches()), Changes: recorder.Changes()}
		}
		return all
	}
}

// A tally adds up minimisations.
type tally struct {
	failures, unreproduced, few, from, to, changesFrom, changesTo, tests, most int
}

func (t *tally) add(u tally) {
	t.failures += u.failures
	t.unreproduced += u.unreproduced
	t.few += u.few
	t.from += u.from
	t.to += u.to
	t.changesFrom += u.changesFrom
	t.changesTo += u.changesTo
	t.tests += u.tests
	t.most = max(t.most, u.most)
}

func (t tally) String() string {
	n := float64(max(t.failures, 1))
	return fmt.Sprintf("%4d failures, %6.1f -> %4.1f forced switches (most %2d), %6.1f -> %4.1f context switches, %5.1f replays, %3d of at most 4, %d not reproduced",
		t.failures, float64(t.from)/n, float64(t.to)/n, t.most, float64(t.changesFrom)/n, float64(t.changesTo)/n, float64(t.tests)/n, t.few, t.unreproduced)
}

// minimiseClassic minimises up to each failures of a program that each finder shows within tries schedules.
func minimiseClassic(tb testing.TB, c *classics.Classic, finders []string, each, tries int) (sum tally) {
	e := model.New(model.Limits{Steps: classicLimit})
	defer e.Close()
	for _, name := range finders {
		s, ok := New(name)
		if !ok {
			tb.Fatalf("no strategy %s", name)
		}
		recorder, found := NewRecorder(s), 0
		for i := 0; i < tries && found < each; i++ {
			seed := model.Seed(5, i)
			r := e.Run(c.Program, recorder, seed)
			if r.Outcome != Failed {
				continue
			}
			found++
			switches, changes := slices.Clone(recorder.Switches()), recorder.Changes()
			got := Minimise(switches, replayed(e, c.Program, seed, r), Budget{})
			sum.add(count(switches, changes, got))
		}
	}
	return sum
}

func count(switches []Switch, changes int, got Minimised) tally {
	t := tally{failures: 1, from: len(switches), to: len(got.Switches), changesFrom: changes, changesTo: got.Changes, tests: got.Tests, most: len(got.Switches)}
	if !got.Reproduced {
		t.unreproduced = 1
	} else if len(got.Switches) <= 4 {
		t.few = 1
	}
	return t
}

func slow(c *classics.Classic) bool {
	return strings.EqualFold(c.Name, "safestack") || strings.Contains(c.Name, "longtrace") && !strings.Contains(c.Name, "2x50")
}

// Failures of the classic programs are minimised to few switches. The benchmark has many more of them.
func TestMinimiseClassics(t *testing.T) {
	with := finders
	if testing.Short() {
		with = []string{"surw"}
	}
	var sum tally
	for _, c := range classics.All() {
		if slow(c) || strings.Contains(c.Name, "0") && !strings.HasSuffix(c.Name, "01") {
			continue
		}
		u := minimiseClassic(t, c, with, 1, 60)
		t.Logf("%-24s %v", c.Name, u)
		sum.add(u)
	}
	t.Log(sum)
	if sum.unreproduced > 0 || sum.failures < 10 || sum.few*100 < 90*sum.failures {
		t.Errorf("%v", sum)
	}
}

// BenchmarkMinimise500 measures the numbers of minimise_classics_test.go.
func BenchmarkMinimise500(b *testing.B) {
	for b.Loop() {
		var sum tally
		for _, c := range classics.All() {
			if slow(c) {
				continue
			}
			u := minimiseClassic(b, c, finders, 5, 3000)
			b.Logf("%-24s %v", c.Name, u)
			sum.add(u)
		}
		b.Logf("%-24s %v", "all", sum)
		n := float64(sum.failures)
		b.ReportMetric(n, "failures")
		b.ReportMetric(100*float64(sum.few)/n, "%_at_most_4")
		b.ReportMetric(float64(sum.from)/n, "switches_before")
		b.ReportMetric(float64(sum.to)/n, "switches_after")
		b.ReportMetric(float64(sum.most), "switches_most")
		b.ReportMetric(float64(sum.tests)/n, "replays/failure")
	}
}
