package harness

import (
	"fmt"
	"time"
)

// A Status is the outcome of asking whether something held.
type Status int

// The three answers. Inconclusive is the zero value: nobody has shown anything yet.
const (
	// Inconclusive means that the question could not be answered: the checker gave up, nothing overlapped, too little ran.
	Inconclusive Status = iota
	// Held means that no violation was found in what ran.
	Held
	// Violated means that a violation was found and is described.
	Violated
)

// String returns "inconclusive", "held" or "violated".
func (s Status) String() string {
	return [...]string{"inconclusive", "held", "violated"}[s]
}

// Worst returns the graver of two answers: a violation outweighs an inconclusive answer, which outweighs a pass.
func Worst(a, b Status) Status {
	rank := [...]int{Inconclusive: 1, Held: 0, Violated: 2}
	if rank[a] >= rank[b] {
		return a
	}
	return b
}

// A Verdict is a property's answer about one run.
type Verdict struct {
	Status Status
	// Kind names the kind of violation for bucketing: "linearizable", "invariant", "hang", "panic", "leak", "race", ...
	Kind string
	// Message is one line that is the same for the same mistake: no addresses, times or values.
	Message string
	// Evidence explains the violation to a person, over several lines.
	Evidence string
}

// HeldVerdict is the answer that nothing was violated.
func HeldVerdict() Verdict { return Verdict{Status: Held} }

// Violation returns a verdict of violation.
func Violation(kind, message, evidence string) Verdict {
	return Verdict{Status: Violated, Kind: kind, Message: message, Evidence: evidence}
}

// Unknown returns an inconclusive verdict with its reason.
func Unknown(reason string) Verdict { return Verdict{Status: Inconclusive, Message: reason} }

// A Failure is one way in which a target failed, with all that is needed to see it again.
type Failure struct {
	Verdict
	Target, Bug string
	Engine      Engine
	Seed        uint64
	// Signature buckets failures: equal for the same mistake, whatever the schedule was.
	Signature string
	// Program is the smallest program that was found to fail, Schedule the decisions under which it did (check only).
	Program  Program
	Schedule Schedule
	// Clients is the number of clients of the program as it was first seen; Operations its length.
	Clients, Operations int
	// Count is how often this failure was seen, in Runs runs; First is the number of the first of these, from 1, After the time to it.
	Count, Runs, First int64
	After              time.Duration
	// Reproduced of Replays replays of the program failed in the same way before the case was written.
	Reproduced, Replays int
	// Exact says that the schedule is controlled, so that a replay is certain.
	Exact bool
	// Race says that it was seen in a binary with the race detector.
	Race bool
	// Faults are the fault decisions that fired, FaultNames the faults that were injected.
	Faults     []Fired
	FaultNames []string
	// LockCheck says that Env.Lock was that of go-deadlock.
	LockCheck bool
}

// Title returns the failure in one line.
func (f *Failure) Title() string { return fmt.Sprintf("%s: %s", f.Kind, f.Message) }

// A Result is what an engine has to say about one target.
type Result struct {
	Target, Bug string
	Engine      Engine
	Seed        uint64
	Status      Status
	// Reason explains a status of Inconclusive. Skipped says that the engine does not apply to the target.
	Reason  string
	Skipped bool
	// Failures holds one entry a bucket, the first seen first.
	Failures []*Failure
	// Histories counts finished runs, Operations completed calls in them, Schedules the controlled schedules (check).
	Histories, Operations, Schedules int64
	// Open is the average number of operations open at once while any was, MaxOpen the most.
	Open    float64
	MaxOpen int
	// Vacuous counts histories in which nothing overlapped, Undecided those whose check gave up.
	Vacuous, Undecided int64
	// Details are the columns of the verdict line after the counts: "linearizable", "no leak", ...
	Details []string
	// NotProved says in sentences what the run does not show.
	NotProved []string
	Elapsed   time.Duration
}
