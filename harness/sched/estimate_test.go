package sched_test

import (
	"math"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// near says whether two numbers differ by less than a part of the second.
func near(got, want, part float64) bool { return math.Abs(got-want) <= part*want }

// TestEstimateOfAKnownSpace: three threads with three operations each have 1680 orders, and urw draws them with equal probability once it has learned their
// lengths, so the probability that the next one is known is the part that was seen.
func TestEstimateOfAKnownSpace(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	est := NewEstimator(NewURW())
	for _, n := range []int{300, 700, 1000, 2000, 6000} {
		e.ExploreAll(counter(3, 3), est, uint64(n), n)
		seen := float64(est.Traces()) / 1680
		t.Logf("%5d executions: %4d of 1680 seen (%.3f), coverage %.3f, total %.0f", est.Executions(), est.Traces(), seen, est.Coverage(), est.Total())
		if math.Abs(est.Coverage()-seen) > 0.06 || !near(est.Total(), 1680, 0.2) {
			t.Errorf("off")
		}
	}
}

// TestReductionShowsEachClassOnce counts the classes of one program in two ways.
func TestReductionShowsEachClassOnce(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	d := NewDPOR()
	reduced, all := NewEstimator(d), NewEstimator(NewPB())
	p := crowd(2, func(t *model.T, x *model.Int, m *model.Mutex) {
		x.Load(t)
		m.Lock(t)
		x.Store(t, 1)
		m.Unlock(t)
		x.Load(t)
	})
	for !e.Run(p, reduced, 1).Exhausted {
	}
	for !e.Run(p, all, 1).Exhausted {
	}
	if reduced.Traces() != d.Traces() || reduced.Executions() != d.Traces() || all.Traces() != d.Traces() || all.Executions() <= d.Traces() {
		t.Errorf("%d classes in %d executions under reduction, %d in %d under all schedules; want %d",
			reduced.Traces(), reduced.Executions(), all.Traces(), all.Executions(), d.Traces())
	}
}

// TestNothingSeenIsNothingCovered: an estimate from nothing claims nothing.
func TestNothingSeenIsNothingCovered(t *testing.T) {
	est := NewEstimator(NewRW())
	if est.Coverage() != 0 || est.Total() != 0 || est.Traces() != 0 || est.Executions() != 0 {
		t.Error(est.Coverage(), est.Total(), est.Traces())
	}
	if n, dev := NewProbe().Schedules(); n != 0 || dev != 0 {
		t.Error(n, dev)
	}
}

// TestProbesCountSchedules compares with what enumeration counts.
func TestProbesCountSchedules(t *testing.T) {
	e := model.New(model.Limits{})
	defer e.Close()
	for name, p := range map[string]model.Program{"counter": counter(3, 2), "mutex": sections(3, 2), "lost update": lostUpdate} {
		all, probe := NewPB(), NewProbe()
		e.ExploreAll(p, all, 1, 100_000)
		e.ExploreAll(p, probe, 1, 3000)
		n, deviation := probe.Schedules()
		t.Logf("%s: %.1f ± %.1f of %d", name, n, deviation, all.Schedules())
		if want := float64(all.Schedules()); math.Abs(n-want) > 4*deviation+1e-9 || deviation > want/5 {
			t.Errorf("%s: %.1f ± %.1f schedules, there are %d", name, n, deviation, all.Schedules())
		}
	}
}
