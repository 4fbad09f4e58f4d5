package gotest

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// Isolate says how much runs in one process.
type Isolate int

const (
	// PerTest runs one top-level test, fuzz test (its seeds) or example in each process.
	PerTest Isolate = iota
	// PerPackage runs all selected tests of a package in one process, in half of the processes in shuffled order.
	PerPackage
)

// A RunConfig says what to run, how often and how. Binaries is needed, and For or Iterations; the rest has defaults.
type RunConfig struct {
	Binaries []Binary
	// Run selects tests as go test -run does; "" selects all. Benchmarks are never run.
	Run string
	// Workers is how many processes run at once; 0 means one for each CPU.
	Workers int
	// For is how long new processes are started. Those that run then are left to finish, so that a hang is still seen; the end
	// is at most Timeout and the time of a dump later. 0 means until Iterations are done.
	For time.Duration
	// Iterations is how many processes each test (or package) gets; 0 means as many as fit into For.
	Iterations int
	// Timeout is how long one process may run before it counts as hanging; 0 means 60 s.
	Timeout time.Duration
	// Seed is the origin of every decision.
	Seed uint64
	// Isolate says how much runs in one process.
	Isolate Isolate
	// Calm varies nothing but GOMAXPROCS.
	Calm bool
	// Procs are the values of GOMAXPROCS; none means the powers of two up to twice the CPUs, at least up to 8.
	Procs []int
	// Plan, if there is one, is the plan of every second process of a test, the first included: a replay tries the conditions of a
	// failure, and in between those that the Seed draws.
	Plan *Plan
	// Env holds variables, NAME=value, for the tests, on top of the environment of this process; they win over a Plan.
	Env []string
	// Args are further arguments of the test binary: -test.short, or flags of the package's own.
	Args []string
	// OnEvent is told what happens, from one goroutine. It must not block for long: workers wait for it.
	OnEvent func(Event)
	// Check, if there is one, looks for further failures in the output of a process, whether it has passed or not. Workers call it at the same time. It is not
	// asked about a process that was cancelled.
	Check func(output []byte) []signature.Failure
	// MaxOutput bounds the output kept of one process, in bytes; 0 means 32 MiB. The first and the last half are kept.
	MaxOutput int
	// TempDir is where directories for temporary files are made, "" for the default of the system.
	TempDir string

	grace time.Duration // dumpQuiet, but for tests
}

// ErrNothingSelected is returned by Run if no test was found, so that nothing selected cannot be taken for nothing failed.
var ErrNothingSelected = errors.New("no test selected")

// withDefaults returns the configuration with its defaults filled in, or an error that says what is wrong.
func (c RunConfig) withDefaults() (RunConfig, error) {
	switch {
	case c.For <= 0 && c.Iterations <= 0:
		return c, errors.New("neither a duration nor a number of iterations is set: the run would never end")
	case c.Workers < 0 || c.Timeout < 0 || c.MaxOutput < 0 || c.For < 0 || c.Iterations < 0:
		return c, errors.New("a negative number of workers, iterations, bytes or seconds makes no sense")
	case c.Isolate != PerTest && c.Isolate != PerPackage:
		return c, fmt.Errorf("unknown isolation %d", c.Isolate)
	}
	for _, p := range c.Procs {
		if p < 1 {
			return c, fmt.Errorf("GOMAXPROCS cannot be %d", p)
		}
	}
	if c.Workers == 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.grace == 0 {
		c.grace = dumpQuiet
	}
	if c.MaxOutput == 0 {
		c.MaxOutput = 32 << 20
	}
	if c.OnEvent == nil {
		c.OnEvent = func(Event) {}
	}
	return c, nil
}

// environment returns the environment of the tests without what plans set.
func (c RunConfig) environment() []string {
	return without(append(without(os.Environ(), "HARNESS_RUN_SEED"), c.Env...))
}

// An EventKind says what an Event is about.
type EventKind int

// The kinds of events.
const (
	// Listed: the tests are known. Selected holds them, in the order of the packages and of their source.
	Listed EventKind = iota
	// Ran: a process ended. Process is set, and Failures if there are any.
	Ran
	// NewBucket: a process failed in a way not seen before. Bucket is set; Bucket.First holds the complete output.
	NewBucket
	// GivenUp: a test will not be run any more. ImportPath, Test and Reason are set.
	GivenUp
)

// A TestName names a test of all packages.
type TestName struct{ ImportPath, Test string }

// String returns "importpath.Test".
func (t TestName) String() string { return t.ImportPath + "." + t.Test }

// An Event is something that happened during a run.
type Event struct {
	Kind             EventKind
	ImportPath, Test string
	Selected         []TestName
	Process          *Process
	Failures         []signature.Failure
	Bucket           *Bucket
	Reason           string
	// Processes is how many processes have ended, Elapsed how long the run has lasted.
	Processes int
	Elapsed   time.Duration
}
