package soak

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

// event returns an event about a target.
func (s *soak) event(kind report.Kind, target string) report.Event {
	e := report.Event{Kind: kind, Target: target}
	if t := s.targets[target]; t != nil {
		e.Package, e.Target = t.Row, t.Name
	}
	return e
}

// totals returns an event with what a target did in all rounds that ended.
func (s *soak) totals(target string) report.Event {
	e := s.event(report.Progress, target)
	for _, p := range s.state.pairs {
		if p.Target == target {
			e.Histories += p.sum.Histories
			e.Operations += p.sum.Operations
			e.Schedules += p.sum.Schedules
			e.Elapsed += p.sum.Elapsed
		}
	}
	return e
}

// note tells a remark about a target.
func (s *soak) note(target, format string, args ...any) {
	e := s.event(report.Note, target)
	e.Message = fmt.Sprintf(format, args...)
	s.cfg.Emit(e)
}

// tellRound tells that a round begins.
func (s *soak) tellRound(b *begin) {
	e := s.event(report.Run, b.Target)
	e.Seed = b.Seed
	e.Message = fmt.Sprintf("round %d, %s", s.state.round, b.Engine)
	s.cfg.Emit(e)
}

// tellFound tells what a round added, and in a note each failure that was not known before it. Its rate is known only in the end; the
// violations come then.
func (s *soak) tellFound(b *begin, known int) {
	s.cfg.Emit(s.totals(b.Target))
	for _, k := range s.state.buckets[known:] {
		if k.first != nil {
			s.note(b.Target, "%s", newFailure(b, k.first))
		}
	}
}

// newFailure says in a line that a failure was seen for the first time.
func newFailure(b *begin, x *Example) string {
	s := fmt.Sprintf("round %d, %s: %s: %s", x.Round, b.Engine, x.Kind, x.Message)
	if x.Case != "" {
		s += "; saved " + x.Case
	}
	return s
}

// tellDeath tells that the process before this one died.
func (s *soak) tellDeath(b *begin, d *death, known int) {
	what := "an earlier process died in round %d, %s; it runs again"
	switch {
	case d.Late:
		what = "an earlier process died after round %d, %s"
	case !s.state.open && len(s.state.buckets) == known && d.LastWords == "":
		what = "an earlier process died again in round %d, %s; its seed is tried once more later"
	case !s.state.open:
		what = "an earlier process died in round %d, %s; it is not run again"
	}
	s.note(b.Target, what, s.state.round, b.Engine)
	for _, k := range s.state.buckets[known:] {
		s.note(b.Target, "%s", newFailure(b, k.first))
	}
}

// tell tells the violations and the verdicts.
func (s *soak) tell(r *Report) {
	for _, t := range r.Targets {
		e := s.totals(t.Target)
		e.Kind, e.Status, e.Message, e.Elapsed = report.Verdict, t.Status, t.Reason, 0
		for _, f := range r.Failures {
			if f.Target == t.Target && f.Status == report.Violated {
				s.cfg.Emit(s.violation(f))
				e.Failures += f.Count
			}
		}
		e.Failures += s.tellGrowth(r, t.Target)
		if t.Status == report.Held {
			e.Details = t.details(r)
		}
		s.cfg.Emit(e)
	}
}

// violation returns the event of a failure.
func (s *soak) violation(f FailureReport) report.Event {
	e := s.event(report.Violation, f.Target)
	x := f.Smallest
	e.Status, e.Property, e.Message, e.Evidence = report.Violated, f.Kind, f.Message, x.describe()
	e.Where = fmt.Sprintf("round %d (%s), seen in %s", f.First.Round, f.Engine, report.Plural(int64(f.Rounds), "round"))
	e.Seed, e.After = x.Seed, f.First.At
	e.Rate = &report.Rate{Estimate: ratio(f.Rate.Failed, f.Rate.Runs), Low: f.Rate.Low, High: f.Rate.High}
	if f.Rate.Unit == unitHistory {
		e.Failures, e.Histories = f.Rate.Failed, f.Rate.Runs
	}
	e.Reproduced, e.Replays, e.Case = x.Reproduced, x.Replays, f.Case
	if f.Case != "" {
		e.Replay = "harness repro " + f.Case
	}
	return e
}

// describe returns the program, its schedule, and the evidence.
func (x *Example) describe() string {
	var b strings.Builder
	for _, part := range []string{x.Program, x.Schedule, x.Evidence} {
		if part = strings.TrimRight(part, "\n"); part != "" {
			b.WriteString(part + "\n")
		}
	}
	return b.String()
}

// ratio divides; of nothing it is 0.
func ratio(a, b int64) float64 {
	if b <= 0 {
		return 0
	}
	return min(1, float64(a)/float64(b))
}

// tellGrowth tells which metrics of a target go on growing, and how many.
func (s *soak) tellGrowth(r *Report, target string) (n int64) {
	for _, g := range r.Growth {
		if g.Target == target && g.Status == report.Violated {
			e := s.event(report.Violation, target)
			e.Status, e.Property, e.Message, e.Evidence = report.Violated, kindGrowth, g.Metric+" goes on growing", g.describe()
			s.cfg.Emit(e)
			n++
		}
	}
	return n
}

// details are the columns behind the counts of a target that held.
func (t TargetReport) details(r *Report) []string {
	rounds, steady := 0, true
	for _, e := range t.Engines {
		rounds += e.Rounds
	}
	for _, g := range r.Growth {
		steady = steady && (g.Target != t.Target || g.Status == report.Held)
	}
	list := []string{report.Plural(int64(rounds), "round")}
	if steady {
		list = append(list, "no growth")
	}
	return list
}
