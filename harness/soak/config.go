package soak

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A Config says what to soak, for how long, and where to keep what is known. The zero value of each field means its default.
type Config struct {
	// Targets are what is run. Their IDs differ from one another.
	Targets []*harness.Target
	// Engines run them, where they apply (default check, stress, chaos).
	Engines []harness.Engine
	// For bounds the time of all processes together. 0 means no bound, if Rounds has one; when resuming, that of the process before.
	For time.Duration
	// Rounds bounds the number of rounds of all processes together. 0 means no bound, if For has one.
	Rounds int
	// Seed fixes which rounds run in which order and with which seeds. When resuming, 0 means that of the journal.
	Seed uint64
	// Round is how a round is run. Its Limit is the number of rounds after which a failure is only counted (default 5). Its For defaults to
	// a sixteenth of each pair's share of the budget, between 100 ms and 30 s, so that growth can be judged. Its Seed, Clock, Progress
	// and Keep are set by the soak.
	Round harness.Config
	// Overrun is how long a round may last beyond its own budget before it counts as a hang, and its target's engine is given up (default
	// sixty times Round.Patience: making failures small and repeatable takes seconds for each). A round without a bound of time may last for ever.
	Overrun time.Duration

	// Dir is the state directory: the journal, the lock and the reports are there. It is made if need be.
	Dir string
	// Resume goes on with the journal that is there. Without it a directory with a journal is refused.
	Resume bool

	// Clock reads the time since some fixed moment, Measure what the process holds. Nil means the real ones.
	Clock   func() time.Duration
	Measure func() Sample
	// Judge tells growth. Nil means that no growth is told, and the report says so.
	Judge Judge
	// Emit is told what happens, from one goroutine at a time: run, progress and note, and at the end the violations and the verdict of
	// each target. The start and end events are the caller's. It may be nil.
	Emit func(report.Event)
	// OnFailure is called for the first example of a failure and for each smaller one, to save it, and returns the path of the case. It may be
	// called again with the same failure after a resume. It may be nil.
	OnFailure func(*harness.Failure) (casePath string)

	_ struct{}
}

// Validate says what is wrong with a configuration, or returns nil.
func (c *Config) Validate() error {
	wrong := func(format string, args ...any) error {
		return &Error{Reason: ErrConfig, Text: fmt.Sprintf(format, args...)}
	}
	switch {
	case c.Dir == "":
		return wrong("no state directory")
	case len(c.Targets) == 0:
		return wrong("no targets")
	case c.For < 0 || c.Rounds < 0 || c.Round.For < 0 || c.Round.Iterations < 0 || c.Overrun < 0:
		return wrong("a budget is negative")
	case c.For == 0 && c.Rounds == 0 && !c.Resume:
		return wrong("it would never end: no time and no number of rounds")
	case slices.Contains(c.Engines, harness.Soak):
		return wrong("soak is not an engine that it can run")
	}
	ids := map[string]bool{}
	for _, t := range c.Targets {
		if err := t.Validate(); err != nil {
			return wrong("%v", err)
		}
		if ids[t.ID()] {
			return wrong("two targets are called %s", t.ID())
		}
		ids[t.ID()] = true
	}
	return nil
}

// with returns the config with its defaults.
func (c Config) with() Config {
	if len(c.Engines) == 0 {
		c.Engines = []harness.Engine{harness.Check, harness.Stress, harness.Chaos}
	}
	setDefault(&c.Round.Limit, 5)
	setDefault(&c.Round.Patience, 5*time.Second)
	setDefault(&c.Overrun, 60*c.Round.Patience)
	if c.Clock == nil {
		c.Clock = realClock()
	}
	if c.Measure == nil {
		c.Measure = measure
	}
	if c.Emit == nil {
		c.Emit = func(report.Event) {}
	}
	if c.OnFailure == nil {
		c.OnFailure = func(*harness.Failure) string { return "" }
	}
	return c
}

// setDefault sets v to d if it is zero.
func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// identity returns what must stay the same, and what is left out.
func (c *Config) identity() (identity, []Skip, error) {
	run, skip := pairs(c.Targets, c.Engines)
	if len(run) == 0 {
		var why []string
		for _, s := range skip {
			why = append(why, s.Pair.String()+": "+s.Reason)
		}
		return identity{}, nil, &Error{Reason: ErrConfig, Text: "no engine applies to any target: " + strings.Join(why, "; ")}
	}
	r := &c.Round
	return identity{Version: journalVersion, Seed: report.Seed(c.Seed), Pairs: run, Iterations: r.Iterations, Goroutines: r.Goroutines, Ops: r.Ops,
		Schedules: r.Schedules, Configs: r.Configs, LockCheck: r.LockCheck, Limit: r.Limit}, skip, nil
}

// budget returns what this process may spend, after those before it.
func (c *Config) budget(before budget, pairs int) budget {
	b := budget{For: c.For, Rounds: c.Rounds, RoundFor: c.Round.For}
	if b.For == 0 && b.Rounds == 0 {
		b.For, b.Rounds = before.For, before.Rounds
	}
	if b.RoundFor == 0 && b.For > 0 && c.Round.Iterations == 0 {
		b.RoundFor = min(max(b.For/time.Duration(16*pairs), 100*time.Millisecond), 30*time.Second)
	}
	return b
}
