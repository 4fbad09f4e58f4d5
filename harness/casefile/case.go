// Package casefile reads and writes failure cases: small text files, one a failure, that say how to see it again.
//
// An engine that finds a failure minimises it, replays it, and saves it as a [Case] with [Write]. The file is committed next to
// the tests; go test and harness repro find it with [Walk] or [Load] and run it again, in this version and in later ones. It is
// made to be read by a tired person and to give small diffs:
//
//	harness case v1
//	target      lockfree/treiber-stack
//	bug         aba
//	engine      check
//	kind        linearizable
//	signature   linearizable: no order explains pop
//	...
//	step        c0 push 1
//	step        c1 pop
//	switch      c1 4 pop:cas -> c0
//	expect      fail
//	# c0 push(1)  |--|
//	end
//
// Decisions are named by who, where and how often, never by a global index: a replay survives edits elsewhere in the program.
// README.md beside this file documents every line and what is promised about the format.
//
// The table of keys is in format.go, reading in parse.go, the errors in errors.go, files and directories in file.go.
package casefile

import "time"

// A Case is a failure that was seen, minimised, and replayed before it was written. Empty fields are left out of the file.
//
// A case says what to run by at least one of Target, Test and Command, and must have Engine, Signature, Fidelity and Expect; the
// rest is as the engine needs it. Text fields may hold any text; what is not one plain line is quoted in the file.
type Case struct {
	// Target is "row/name" of a built-in target, or the name of a target that a test declares; Bug is its wrong twin, or "".
	Target, Bug string
	// Package is an import path and Test the full name of a test in it, as go test prints it: "TestQueue/spsc".
	Package, Test string
	// Command is the argument vector of a failure in a process, the program first.
	Command []string
	// Engine found the failure; Kind says what was violated ("linearizable", "deadlock", "race", a property's name).
	Engine, Kind string
	// Signature buckets failures: equal for the same mistake, whatever the schedule, the addresses and the times were.
	Signature string
	// Message says in a line what happened.
	Message string
	// Found says when and where.
	Found Found
	// HarnessVersion is the version of the harness that wrote the case.
	HarnessVersion string
	// Digest fingerprints the instrumented sites. When it differs from the current one, the program was edited since.
	Digest string
	// Fidelity says what a replay promises.
	Fidelity Fidelity
	// Requires lists what a replay needs, such as "race" or "linux". Without it the case is skipped aloud, which is not a pass.
	Requires []string
	// Config holds the engine's settings in its own words: seed, goroutines, ops, strategy.
	Config Pairs
	// Env holds environment variables that matter. Only put there what was asked for by name: the file is meant to be shared.
	Env Pairs
	// Program is the minimised workload, Schedule the forced switches, Faults the fault decisions that fired.
	Program  []Step
	Schedule []Decision
	Faults   []FaultDecision
	// Expect says what a replay should see.
	Expect Expectation
	// Extra holds the lines that this version does not know, in order. They are written back unchanged.
	Extra []Line
	// Trace explains the failure to people. Replays do not read it.
	Trace string
}

// Found says when and where a failure was seen.
type Found struct {
	// Time is kept to the second, in UTC.
	Time time.Time
	// Go is the version of Go ("go1.26.8"), Platform its GOOS and GOARCH ("linux/amd64").
	Go, Platform string
	// Race says that the race detector was on.
	Race bool
	// CPUs is the number of logical processors, GOMAXPROCS how many of them Go could use at once.
	CPUs, GOMAXPROCS int
	// Commit is the revision of the code under test.
	Commit string
}

// An Expectation says what a replay of the case should see.
type Expectation string

const (
	// ExpectFail says that the bug is still there: a replay fails with the signature of the case.
	ExpectFail Expectation = "fail"
	// ExpectPass says that the bug was fixed: a replay passes, and the case is a regression test.
	ExpectPass Expectation = "pass"
)

// A Level is how much a replay promises.
type Level string

const (
	// Exact replays follow recorded decisions and fail every time.
	Exact Level = "exact"
	// Statistical replays fail with a probability that was measured.
	Statistical Level = "statistical"
	// BestEffort replays may fail; nothing was measured.
	BestEffort Level = "best-effort"
)

// rank orders levels by how sure a replay is.
func (l Level) rank() int {
	return map[Level]int{BestEffort: 1, Statistical: 2, Exact: 3}[l]
}

// Fidelity says how sure a replay is. Failed of Runs replays failed when the case was written.
// An exact replay never passes, and a statistical one has a positive number of runs.
type Fidelity struct {
	Level        Level
	Failed, Runs int
}

// P returns the measured probability that a replay fails: 1 if exact, 0 if unknown.
func (f Fidelity) P() float64 {
	switch {
	case f.Level == Exact:
		return 1
	case f.Runs == 0:
		return 0
	}
	return float64(f.Failed) / float64(f.Runs)
}

// A Step is one operation of one client. The steps of a client run in the order of the list, clients run at the same time.
type Step struct {
	Client int
	Op     string
	// Arg is a JSON value or a Go string or rune literal, on one line; "" is no argument.
	Arg string
}

// A Decision is a forced switch: when Goroutine comes to Site as the N-th point of its life, counted from 0, Next runs instead of it; or, if Next is an
// option of the engine ("option:2"), Goroutine takes that one.
// Goroutines are named by their spawn path: "c1" is a client, "c1/2" the third goroutine that it started.
type Decision struct {
	Goroutine string
	N         int
	Site      string
	Next      string
}

// A FaultDecision is one fault that fired: the N-th time, counted from 0, that Key came to Site, Action was done.
type FaultDecision struct {
	Site, Key string
	N         uint64
	Action    string
}

// A Line is a line of a file whose key this version does not know, with its text as it stands there.
type Line struct {
	Key, Text string
}

// A Pair is a name and its value. Names hold no blanks, quotes, "=" or unprintable characters; values may be any text.
type Pair struct {
	Key, Value string
}

// Pairs is a list of pairs, in order, whose names differ.
type Pairs []Pair

// Get returns the value of a name, and whether there is one.
func (p Pairs) Get(key string) (string, bool) {
	for _, q := range p {
		if q.Key == key {
			return q.Value, true
		}
	}
	return "", false
}

// Set changes the value of a name, or adds the pair at the end.
func (p *Pairs) Set(key, value string) {
	for i := range *p {
		if (*p)[i].Key == key {
			(*p)[i].Value = value
			return
		}
	}
	*p = append(*p, Pair{key, value})
}
