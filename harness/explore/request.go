package explore

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// The environment variables by which a parent talks to a child. The last is for one that is not under control.
const (
	requestVariable = "GODMODE_EXPLORE"
	traceVariable   = "GODMODE_TRACE"
	yieldsVariable  = "GODMODE_YIELDS"
)

// baseline is the strategy that follows the default rule without a switch, and warmup what a child calls it in the schedule before those that it is asked for.
const (
	baseline = "baseline"
	warmup   = "warmup"
)

// A request is what a child is asked to do: schedules From, From+Stride and so on, or the replay of one list of switches.
type request struct {
	replay              bool
	test                string
	strategy            string
	seed                uint64 // of all schedules, or in a replay of this one
	from, count, stride uint64
	millis              int64 // of real time, after which no schedule is begun; 0 means no bound
	steps               int   // operations after which a schedule counts as a livelock
	leaks, trace        bool
	proof               bool // a schedule that is cut off is the last: all cannot be seen any more
	warmup              bool // the test runs once before, uncounted, by the default rule
	switches            []sched.Switch
	program             *program // of tests that run generated programs: the one to be run, or the first one; nil for none in particular
	every               uint64   // schedules of each program, after which comes the next one; 0 means that there is only one
}

// kind says what package testing takes a name for.
func kind(test string) string {
	switch {
	case strings.HasPrefix(test, "Fuzz"):
		return "fuzz"
	case strings.HasPrefix(test, "Example"):
		return "example"
	}
	return "test"
}

// String returns the request as the child reads it, a key and a value a line.
func (r request) String() string {
	var b strings.Builder
	line := func(key string, value any) { fmt.Fprintln(&b, key, value) }
	line("mode", map[bool]string{false: "explore", true: "replay"}[r.replay])
	line("test", r.test)
	line("kind", kind(r.test))
	line("strategy", r.strategy)
	line("seed", fmt.Sprintf("%#x", r.seed))
	line("from", r.from)
	line("count", r.count)
	line("stride", max(1, r.stride))
	line("millis", r.millis)
	line("steps", r.steps)
	line("leaks", onOff(r.leaks))
	line("trace", onOff(r.trace))
	line("proof", onOff(r.proof))
	line("warmup", onOff(r.warmup))
	if r.program != nil {
		line("every", r.every)
		r.program.ask(line)
	}
	for _, s := range r.switches {
		line("switch", fmt.Sprintf("%x %d %x", s.After, s.Nth, s.To))
	}
	return b.String()
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
