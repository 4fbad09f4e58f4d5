package soak

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/stats"
)

// reportVersion is the version of the JSON report. It is raised when a field changes its meaning.
const reportVersion = 1

// A Report is what a soak has to say. It is a function of the journal, the configuration and the machine's description.
type Report struct {
	Version int           `json:"version"`
	Seed    report.Seed   `json:"seed"`
	Status  report.Status `json:"status"`
	// Stopped says why it ended; Complete that it was not interrupted.
	Stopped  string `json:"stopped"`
	Complete bool   `json:"complete"`
	Machine  string `json:"machine"`
	Budget   Spent  `json:"budget"`

	Targets []TargetReport `json:"targets"`
	// Skipped lists what did not apply.
	Skipped []Skip `json:"skipped,omitempty"`
	// Failures has one entry for each way in which a target failed under an engine, in the order in which they were first seen.
	Failures []FailureReport `json:"failures,omitempty"`
	// Growth has a line for each target and metric, and for all targets together (an empty target).
	Growth []GrowthReport `json:"growth"`
	// NotProved says in sentences what the soak does not show.
	NotProved []string `json:"not_proved"`
}

// Spent is what a soak was given and what it took.
type Spent struct {
	For    time.Duration `json:"for_ns,omitempty"`
	Rounds int           `json:"rounds,omitempty"`
	// RoundFor is the time of a round.
	RoundFor time.Duration `json:"round_for_ns,omitempty"`
	// Time and Done are what was spent of them.
	Time time.Duration `json:"spent_ns"`
	Done int           `json:"rounds_done"`
	// Processes is the number of processes that took part, Deaths the number of those that did not mean to end.
	Processes int `json:"processes"`
	Deaths    int `json:"deaths"`
}

// A TargetReport is what is known of a target.
type TargetReport struct {
	Target string        `json:"target"`
	Status report.Status `json:"status"`
	// Reason explains a status of inconclusive.
	Reason  string         `json:"reason,omitempty"`
	Engines []EngineReport `json:"engines"`
}

// An EngineReport is what an engine did with a target in all rounds.
type EngineReport struct {
	Engine harness.Engine `json:"engine"`
	Status report.Status  `json:"status"`
	Reason string         `json:"reason,omitempty"`
	// Rounds ended; Held, Violated and Inconclusive say how.
	Rounds       int   `json:"rounds"`
	Held         int   `json:"held"`
	Violated     int   `json:"violated"`
	Inconclusive int   `json:"inconclusive"`
	Histories    int64 `json:"histories"`
	Operations   int64 `json:"operations"`
	Schedules    int64 `json:"schedules,omitempty"`
	Vacuous      int64 `json:"vacuous,omitempty"`
	Undecided    int64 `json:"undecided,omitempty"`
	// Open is the average number of operations open at once, MaxOpen the most.
	Open    float64       `json:"open,omitempty"`
	MaxOpen int           `json:"max_open,omitempty"`
	Elapsed time.Duration `json:"elapsed_ns"`
	// Dropped says that it got no more rounds, because it crashed or did not return.
	Dropped bool `json:"dropped,omitempty"`
}

// A FailureReport is one way in which a target failed under an engine.
type FailureReport struct {
	Pair
	Status    report.Status `json:"status"`
	Kind      string        `json:"kind"`
	Message   string        `json:"message"`
	Signature string        `json:"signature"`
	// Rounds saw it, Count is how often they did.
	Rounds int   `json:"rounds"`
	Count  int64 `json:"count"`
	Rate   Rate  `json:"rate"`
	// First, Fastest and Smallest are examples. Examples is the number of those that the journal has.
	First    *Example `json:"first"`
	Fastest  *Example `json:"fastest"`
	Smallest *Example `json:"smallest"`
	Examples int      `json:"examples"`
	// Case is the newest saved case, or empty.
	Case string `json:"case,omitempty"`
}

// A GrowthReport is what is known of one metric. Without a target it is about all together.
type GrowthReport struct {
	Target string        `json:"target,omitempty"`
	Metric string        `json:"metric"`
	Status report.Status `json:"status"`
	Reason string        `json:"reason"`
	// Samples is the length of the longest piece without a restart, which is judged; Total what it grew by, Tail what the second half did.
	Samples int   `json:"samples"`
	Total   int64 `json:"total"`
	Tail    int64 `json:"tail"`
	// Floor is what is not called growth.
	Floor int64 `json:"floor"`
}

// gauges are what growth is judged of.
var gauges = []struct {
	name  string
	floor int64
	of    func(Sample) int64
}{
	{"heap", 64 << 10, func(s Sample) int64 { return s.Heap }},
	{"goroutines", 2, func(s Sample) int64 { return s.Goroutines }},
	{"files", 2, func(s Sample) int64 { return s.Files }},
}

// kindGrowth is the kind of failure of a target that goes on growing.
const kindGrowth = "growth"

// report says what a state amounts to.
func (s *state) report(cfg *Config, skip []Skip, why string) *Report {
	r := &Report{Version: reportVersion, Seed: s.Seed, Stopped: why, Complete: why == stopSpent || why == stopRounds, Skipped: skip,
		Machine: fmt.Sprintf("%s %s/%s GOMAXPROCS=%d", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)),
		Budget: Spent{For: s.budget.For, Rounds: s.budget.Rounds, RoundFor: s.budget.RoundFor, Time: s.spent, Done: s.rounds,
			Processes: s.processes, Deaths: s.deaths}}
	for _, b := range s.all() {
		r.Failures = append(r.Failures, s.failure(b))
	}
	var statuses []report.Status
	for _, t := range cfg.Targets {
		series := s.growth[t.ID()]
		if series == nil {
			continue // no engine applies
		}
		growth := grown(t.ID(), series, cfg.Judge)
		one := s.target(t.ID(), growth)
		r.Growth, r.Targets, statuses = append(r.Growth, growth...), append(r.Targets, one), append(statuses, one.Status)
	}
	r.Growth = append(r.Growth, grown("", &s.total, cfg.Judge)...)
	r.Status = report.Worst(statuses...)
	r.NotProved = s.notProved(r)
	return r
}

// all returns the buckets that have an example, and with them what an unfinished round saw, and the rounds that are suspect.
func (s *state) all() []*bucket {
	c := *s
	c.buckets = nil
	for _, b := range s.buckets {
		c.buckets = append(c.buckets, new(*b))
	}
	for _, x := range s.seen {
		c.bucket(c.pairIndex(), x.Signature).note(x, x.Count)
	}
	for i, p := range s.pairs {
		if p.suspect != nil {
			c.bucket(i, p.suspect.Signature).note(p.suspect, 1)
		}
	}
	return slices.DeleteFunc(c.buckets, func(b *bucket) bool { return b.first == nil })
}

// failure describes a bucket.
func (s *state) failure(b *bucket) FailureReport {
	f := FailureReport{Pair: s.pairs[b.pair].Pair, Status: b.first.Status, Kind: b.first.Kind, Message: b.first.Message, Signature: b.signature,
		Rounds: b.rounds, Count: b.count, Rate: b.rate(s.pairs[b.pair]), First: b.first, Fastest: b.fastest, Smallest: b.smallest, Examples: b.examples}
	for _, x := range []*Example{b.first, b.fastest, b.smallest} {
		if x.Case != "" {
			f.Case = x.Case
		}
	}
	return f
}

// target describes a target.
func (s *state) target(id string, growth []GrowthReport) TargetReport {
	t := TargetReport{Target: id}
	var statuses []report.Status
	for i, p := range s.pairs {
		if p.Target != id {
			continue
		}
		e := s.engineReport(i)
		t.Engines = append(t.Engines, e)
		statuses = append(statuses, e.Status)
		if e.Status == report.Inconclusive && t.Reason == "" {
			t.Reason = string(e.Engine) + ": " + e.Reason
		}
	}
	for _, g := range growth {
		if g.Status == report.Violated {
			statuses = append(statuses, report.Violated)
		}
	}
	t.Status = report.Worst(statuses...)
	if t.Status != report.Inconclusive {
		t.Reason = ""
	}
	return t
}

// engineReport describes a pair.
func (s *state) engineReport(i int) EngineReport {
	p := s.pairs[i]
	t := &p.sum
	e := EngineReport{Engine: p.Engine, Rounds: p.rounds, Held: p.held, Violated: p.violated, Inconclusive: p.inconclusive, Histories: t.Histories,
		Operations: t.Operations, Schedules: t.Schedules, Vacuous: t.Vacuous, Undecided: t.Undecided, MaxOpen: t.MaxOpen, Elapsed: t.Elapsed,
		Dropped: p.dropped}
	if t.Histories > 0 {
		e.Open = p.openSum / float64(t.Histories)
	}
	e.Status, e.Reason = s.pairStatus(i)
	return e
}

// pairStatus weighs the rounds of a pair. A pass needs rounds that held, and none that died without a word.
func (s *state) pairStatus(i int) (report.Status, string) {
	p := s.pairs[i]
	unexplained := ""
	for _, b := range s.all() {
		switch {
		case b.pair != i:
		case b.first.Status == report.Violated:
			return report.Violated, ""
		default:
			unexplained = b.first.Message
		}
	}
	switch {
	case unexplained != "":
		return report.Inconclusive, unexplained
	case p.rounds == 0:
		return report.Inconclusive, "no round ended within the budget"
	case p.held == 0:
		return report.Inconclusive, p.reason
	case p.sum.Undecided*10 > p.sum.Histories:
		return report.Inconclusive, fmt.Sprintf("the history checker gave up on %d of %d histories", p.sum.Undecided, p.sum.Histories)
	}
	return report.Held, ""
}

// grown judges the growth of all metrics of a series.
func grown(target string, s *series, judge Judge) []GrowthReport {
	piece := s.piece()
	var list []GrowthReport
	for _, m := range gauges {
		g := GrowthReport{Target: target, Metric: m.name, Samples: len(piece), Floor: m.floor}
		if m.name == "files" && slices.ContainsFunc(piece, func(s Sample) bool { return s.Files < 0 }) {
			g.Status, g.Reason = report.Inconclusive, "this system does not tell"
			list = append(list, g)
			continue
		}
		values := make([]float64, len(piece))
		for i, p := range piece {
			values[i] = float64(m.of(p))
			g.Total = m.of(p)
		}
		t := judge.trend(values, float64(m.floor))
		g.Status, g.Reason, g.Tail = status(t.Status), t.Reason, int64(t.Tail)
		list = append(list, g)
	}
	return list
}

// notProved says what a reader must not conclude.
func (s *state) notProved(r *Report) []string {
	var list []string
	if !r.Complete {
		list = append(list, "the soak did not use up its budget: "+r.Stopped)
	}
	list = append(list, s.bounds()...)
	for _, p := range s.pairs {
		if p.inconclusive > 0 && p.held > 0 {
			list = append(list, fmt.Sprintf("%s: %d of %d rounds were inconclusive (%s)", p.Pair, p.inconclusive, p.rounds, p.reason))
		}
		if p.dropped {
			list = append(list, fmt.Sprintf("%s: given up after %s", p.Pair, report.Plural(int64(p.rounds), "round")))
		}
	}
	return append(list, unjudged(r.Growth)...)
}

// bounds says by how much the clean runs bound the failure rate: of the pair that ran the least, which is the weakest claim.
func (s *state) bounds() []string {
	var least *pairState
	for _, p := range s.pairs {
		if p.sum.Histories > 0 && p.held == p.rounds && (least == nil || p.sum.Histories < least.sum.Histories) {
			least = p
		}
	}
	if least == nil {
		return nil
	}
	n := least.sum.Histories
	return []string{fmt.Sprintf("%s bound the rate of failures below %s (95 %%) for %s, which ran the least; no schedule space was exhausted",
		report.Plural(n, "clean history"), report.Percent(stats.RuleOfThree(int(n), 0.95)), least.Pair)}
}

// unjudged lists what growth could not be judged of, by reason.
func unjudged(growth []GrowthReport) []string {
	var reasons []string
	what := map[string][]string{}
	for _, g := range growth {
		if g.Status != report.Inconclusive || g.Target == "" {
			continue
		}
		key := g.Reason
		if what[key] == nil {
			reasons = append(reasons, key)
		}
		what[key] = append(what[key], g.Target+" "+g.Metric)
	}
	var list []string
	for _, reason := range reasons {
		list = append(list, fmt.Sprintf("growth is inconclusive for %s: %s", strings.Join(what[reason], ", "), reason))
	}
	return list
}

// JSON returns the report for programs.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return b.Bytes(), err
}
