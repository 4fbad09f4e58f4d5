package explore

import (
	"fmt"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// Tests that generate programs are explored in two directions: programs, and schedules of each. How many of each program does not matter much: the seeded ABA
// problem of the Treiber stack took a mean of over 23 000 schedules with 32 of each program, and 17 000 with 128 (four seeds, portfolio). The enumeration of
// all schedules gets small programs to an end, and finds what needs two or three switches at exact places.
const (
	eachProgram       = 64  // schedules of a program, where they are drawn
	eachEnumerated    = 400 // at most, where they are enumerated
	enumeratedShare   = 4   // one schedule in so many is enumerated
	leastProgramSteps = 20_000
	leastEnumerated   = 500 // steps of a schedule that is enumerated, or a multiple of the first one: loops that wait have no end otherwise
	enumeratedFactor  = 5
	undecidedShare    = 10 // one schedule in so many may be left undecided by the history checker
)

// programBits are the lowest bits of a program's seed, which say how it is run and not what it is. They count up: programs of all kinds take turns.
const programBits = 2

// firstProgram is the seed of the first program of a run.
func (t *trial) firstProgram() uint64 {
	return choice.Mix(t.config.Seed, 0x9709) << 20 >> 4 &^ (1<<programBits - 1)
}

// setProgram says which programs the schedules of a request are of: which one a schedule has depends on its number alone.
func (t *trial) setProgram(r *request) {
	p := &program{seed: t.firstProgram()}
	if t.limits.programs {
		switch each := uint64(eachProgram); {
		case systematic(r.strategy):
			r.every = eachEnumerated
			r.steps = min(r.steps, max(leastEnumerated, enumeratedFactor*t.limits.points))
		case r.strategy != baseline:
			r.every = each
			p.seed += r.from / uint64(t.config.Shards) / each
		}
	}
	r.program = p
}

// enumerate adds to the chunks of a test that generates programs one in which schedules are enumerated, program by program.
func (t *trial) enumerate(all []chunk, schedules int) []chunk {
	if t.config.Shards > 1 || t.limits.isolated || systematic(t.config.Strategy) {
		return all
	}
	return slices.Insert(all, min(2, len(all)), chunk{strategy: exhaustive, count: max(1, schedules/enumeratedShare), race: t.pkg.Plain == ""})
}

// count adds up what the programs of a chunk showed.
func (h *hunt) count(o *outcome) {
	if o.done != nil {
		h.programs += o.done.Programs
		h.allSeen += o.done.Seen
		h.undecided += o.done.Undecided
	}
}

// generated says how many programs a test was tried with.
func (r *result) generated() (phrases []string) {
	if r.programs == 0 {
		return nil
	}
	phrases = append(phrases, report.Plural(r.programs, "program"))
	if r.seen > 0 {
		phrases = append(phrases, fmt.Sprintf("%s of them in every order", report.Count(r.seen)))
	}
	return phrases
}
