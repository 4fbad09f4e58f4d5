package explore

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// A Package is what there is to explore of one package: its test binaries, built for control.
type Package struct {
	ImportPath string
	Dir        string // in which its tests run
	Plain      string // the executable without the race detector, "" if there is none
	Race       string // the one with it, "" if there is none
	BuildError string // what the compiler said, "" if the package was built
	Refused    string // why the package cannot be controlled: its tests run under stress; "" if it can
	NoTests    bool
}

// binary returns the executable that the race detector is in, if there is one, or else the plain one.
func (p Package) binary() (path string, race bool) {
	if p.Race != "" {
		return p.Race, true
	}
	return p.Plain, false
}

// other returns the executable with the race detector or the one without, and "" if there is none.
func (p Package) other(race bool) string {
	if race {
		return p.Race
	}
	return p.Plain
}

// A Config says what to explore and how far. Packages and Now are needed; the rest has defaults.
type Config struct {
	Packages []Package
	// Targets are run one after another by the one test that is selected, which is told which by a variable of the environment. None means that the
	// tests are run as they are.
	Targets []Target
	// Run selects tests as go test -run does; "" selects all.
	Run string
	// Schedules is how many each test gets, over all shards; 0 means 2 000. RaceShare of them run with the race detector where there is a choice; 0 means a quarter.
	Schedules int
	// Generated is how many a test gets that generates programs (harness.Test); 0 means Schedules.
	Generated int
	RaceShare float64
	// For is the time of the whole run, divided among the tests; 0 means as much as the schedules need.
	For time.Duration
	// Workers is how many processes run at once; 0 means one for each CPU.
	Workers int
	// Of the schedules, this run takes those whose number is Shard modulo Shards, counted from 0. 0 shards mean one.
	Shard, Shards int
	// Strategy is one of Strategies; "" means the first of them.
	Strategy string
	// Seed is the origin of every decision.
	Seed uint64
	// NoLeaks does not count goroutines that wait forever after their test as a failure.
	NoLeaks bool
	// Silence is how long a process may finish no schedule before it counts as hanging; 0 means 30 s.
	Silence time.Duration
	// Stress is how many processes a test gets that cannot be explored; 0 means 40, and a negative number none.
	Stress int
	// Env holds variables, NAME=value, for the tests, and Args further arguments of the test binary.
	Env, Args []string
	// CaseDir is where a case is saved for each failure, and where those of earlier runs are; "" neither saves nor replays.
	CaseDir string
	// Build holds the build flags that a replay needs, for the cases. Commit and HarnessVersion are written there, too.
	Build                  []string
	Commit, HarnessVersion string
	// GoVersion is that of the toolchain that the packages were built with, for the cases.
	GoVersion string
	// Width is that of explanations; 0 means what package explain takes.
	Width int
	// OnFailure, if there is one, is told of each failure before its event, in the order of the tests.
	OnFailure func(*Failure)
	// Details stand in the header of the report.
	Details []string
	// Subject names what is explored in the header, such as "./...".
	Subject string
	// TempDir is where a directory for temporary files is made, "" for the default of the system.
	TempDir string
	// Now is the clock.
	Now func() time.Time

	cursory bool          // failures are neither replayed nor saved
	grace   time.Duration // that schedules with lower numbers have when one has failed; 0 means 10 s
}

// Defaults.
const (
	usualSchedules = 2000
	usualRaceShare = 0.25
	usualSilence   = 30 * time.Second
	usualStress    = 40
	usualGrace     = 10 * time.Second
)

// withDefaults fills in the defaults, or says what is wrong.
func (c Config) withDefaults() (Config, error) {
	c.Schedules, c.RaceShare = cmp.Or(c.Schedules, usualSchedules), cmp.Or(c.RaceShare, usualRaceShare)
	c.Generated = cmp.Or(c.Generated, c.Schedules)
	c.Workers, c.Shards = cmp.Or(c.Workers, runtime.NumCPU()), cmp.Or(c.Shards, 1)
	c.Silence, c.Stress = cmp.Or(c.Silence, usualSilence), cmp.Or(c.Stress, usualStress)
	c.grace = cmp.Or(c.grace, usualGrace)
	c.Strategy = cmp.Or(c.Strategy, sched.Names()[0])
	if c.OnFailure == nil {
		c.OnFailure = func(*Failure) {}
	}
	switch {
	case c.Now == nil:
		return c, errors.New("a clock is missing")
	case c.Schedules < 0 || c.Generated < 0 || c.For < 0 || c.Workers < 0 || c.Silence < 0:
		return c, errors.New("a negative number of schedules, processes or seconds makes no sense")
	case c.Shards < 1 || c.Shard < 0 || c.Shard >= c.Shards:
		return c, fmt.Errorf("there is no shard %d of %d", c.Shard, c.Shards)
	case !slices.Contains(Strategies(), c.Strategy):
		return c, fmt.Errorf("there is no strategy %q", c.Strategy)
	case c.Shards > 1 && systematic(c.Strategy):
		return c, fmt.Errorf("the strategy %s goes through the schedules one by one and cannot be divided into shards", c.Strategy)
	}
	return c, nil
}

// mine returns how many of the schedules of a test are in this shard.
func (c Config) mine(schedules int) int { return (schedules - c.Shard + c.Shards - 1) / c.Shards }

// enumerating are the strategies that go through schedules one by one.
var enumerating = []string{exhaustive, "pb", "db"}

// exhaustive is the strategy that knows when all orders of operations have been seen.
const exhaustive = "dpor"

// systematic reports whether a strategy goes through schedules one by one.
func systematic(strategy string) bool { return slices.Contains(enumerating, strategy) }

// Strategies returns the names of the strategies, the default first.
func Strategies() []string {
	names := slices.Clone(sched.Names())
	for _, name := range enumerating {
		if _, ok := sched.New(name); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// environment returns the environment of the tests, without what each process gets of its own.
func (c Config) environment() []string {
	return gotest.Environ(append(os.Environ(), c.Env...), requestVariable, traceVariable, yieldsVariable, "TMPDIR", "PWD", "GORACE")
}
