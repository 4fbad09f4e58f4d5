package harness

import (
	"fmt"
	"slices"
)

// An Engine is one way of running a target. Its name is the verb of the command.
type Engine string

// The engines, in the order in which a person would try them.
const (
	// Check generates small sequential and concurrent programs, explores their schedules where it controls them, and shrinks.
	Check Engine = "check"
	// Stress runs real goroutines in parallel and judges the recorded histories.
	Stress Engine = "stress"
	// Race is stress in a binary built with the race detector.
	Race Engine = "race"
	// Explore runs generated programs under controlled schedules: every operation that goroutines can see of each other is a decision. The command
	// harness explore builds the program for it, with a standard library of its own.
	Explore Engine = "explore"
	// Chaos is stress with faults injected, and asks whether progress resumes once they are healed.
	Chaos Engine = "chaos"
	// Soak is long rounds over many targets with a journal and growth statistics.
	Soak Engine = "soak"
)

// Engines returns all engines in the order of the work.
func Engines() []Engine { return []Engine{Check, Stress, Race, Explore, Chaos, Soak} }

// ParseEngine returns the engine of that name.
func ParseEngine(name string) (Engine, error) {
	if e := Engine(name); slices.Contains(Engines(), e) {
		return e, nil
	}
	return "", fmt.Errorf("unknown engine %q: one of %v", name, Engines())
}

// EnginesOf returns the engines that apply to a target: those that it does not skip, chaos only if a fault applies, and explore only if it
// has goroutines to control.
func EnginesOf(t *Target) []Engine {
	var list []Engine
	for _, e := range Engines() {
		if t.Skip[e] == "" && (e != Chaos || len(applicable(t)) > 0) && (e != Explore || Unexplorable(t) == "") {
			list = append(list, e)
		}
	}
	return list
}
