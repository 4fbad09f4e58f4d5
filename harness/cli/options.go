package cli

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// options are the values of the flags. Every flag has a twin in the environment: --for is HARNESS_FOR.
type options struct {
	budget     time.Duration
	timed      bool // --for was given, or its variable
	iterations int
	seed       report.Seed
	goroutines int
	ops        int
	lockCheck  string
	bugs       bool
	faults     []string

	cases   string
	noCases bool

	json      bool
	jsonFile  string
	junitFile string
	verbose   bool
	colour    report.Mode
	progress  report.Mode
	config    bool

	run     string
	workers int
	timeout time.Duration
	whole   bool
	calm    bool
	tags    []string
	short   bool
	memory  bool // plain accesses to memory are points

	mark bool // announce every history on stderr, for the parent of a child with the race detector
}

// outputFlags are those of every command that runs something.
func (o *options) outputFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.json, "json", false, "write events as JSON, one a line, instead of text (harness help json)")
	f.StringVar(&o.jsonFile, "json-file", "", "write events as JSON into this `file` as well")
	f.StringVar(&o.junitFile, "junit-file", "", "write a JUnit report into this `file` as well")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "also show faults, minimisation, evidence about caught bugs")
	f.Var(&o.colour, "color", "colour the verdicts")
	f.Var(&o.progress, "progress", "draw a live line on standard error")
	f.BoolVar(&o.config, "print-config", false, "print the value of every flag and where it comes from, and stop")
}

// budgetFlags are those of every command that runs targets.
func (o *options) budgetFlags(f *pflag.FlagSet, usual time.Duration) {
	f.DurationVar(&o.budget, "for", usual, "time for the whole run; 0 means no bound if --iterations is set")
	f.IntVar(&o.iterations, "iterations", 0, "most histories, programs or processes of each target; 0 means no bound")
	f.Var(&o.seed, "seed", "seed of every decision, such as 0x5eed17; 0 means a new one (harness help seeds)")
	f.IntVar(&o.goroutines, "goroutines", 0, "clients at once; 0 means what suits the engine")
	f.IntVar(&o.ops, "ops", 0, "operations of each client; 0 means what suits the engine")
	f.StringVar(&o.lockCheck, "lockcheck", "", "check locks with `go-deadlock`; of packages also: owners records who holds them, order also in which order")
	f.BoolVar(&o.bugs, "bugs", false, "run the seeded bugs instead, each by the engines that must catch it")
	f.StringVar(&o.cases, "cases", "testdata/cases", "save failures as cases in this `directory`")
	f.BoolVar(&o.noCases, "no-cases", false, "save no cases")
}

// packageFlags are those of commands that run anybody's tests.
func (o *options) packageFlags(f *pflag.FlagSet) {
	f.StringVar(&o.run, "run", "", "packages: only tests that match this `regexp`, as go test -run")
	f.IntVar(&o.workers, "workers", 0, "packages: processes at once; 0 means one for each CPU")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "packages: time after which a process counts as hanging")
	f.BoolVar(&o.whole, "whole-package", false, "packages: all tests of a package in one process instead of one test in each")
	f.BoolVar(&o.calm, "calm", false, "packages: vary nothing but GOMAXPROCS")
	f.StringSliceVar(&o.tags, "tags", nil, "packages: build `tags`, joined by commas")
	f.BoolVar(&o.short, "short", false, "packages: run the tests with -short")
}

// origin says where the value of a flag comes from.
type origin struct {
	flag   *pflag.Flag
	source string
}

// envName returns the variable of a flag.
func envName(flag string) string {
	return "HARNESS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environment fills in what the command line left open from the environment. The precedence is flag, environment, default.
func (a *app) environment(cmd *cobra.Command) (origins []origin, err error) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		source := "default"
		if f.Changed {
			source = "flag"
		} else if v, ok := a.Lookup(envName(f.Name)); ok && v != "" && f.Name != "help" {
			source = "environment " + envName(f.Name)
			if e := cmd.Flags().Set(f.Name, v); e != nil && err == nil {
				err = usage("harness help environment lists the variables", "%s=%s: %w", envName(f.Name), v, e)
			}
		}
		origins = append(origins, origin{f, source})
	})
	return origins, err
}

// readEnvironment is the PreRunE of commands that run nothing.
func (a *app) readEnvironment(cmd *cobra.Command, _ []string) error {
	_, err := a.environment(cmd)
	return err
}

// settle fills in what the command line left open from the environment, and makes a seed if there is none.
func (a *app) settle(cmd *cobra.Command, o *options) (origins []origin, err error) {
	origins, err = a.environment(cmd)
	if err != nil {
		return nil, err
	}
	a.casesGiven, o.timed = cmd.Flags().Changed("cases"), cmd.Flags().Changed("for")
	if o.seed == 0 {
		o.seed = newSeed()
	}
	a.options = *o
	return origins, o.check()
}

// bounded reports whether the time bounds the run: always, but where only a number of iterations was given.
func (o *options) bounded() bool { return o.timed || o.iterations == 0 }

// check finds values that make no sense.
func (o *options) check() error {
	switch {
	case o.budget < 0 || o.timeout < 0:
		return usage("write a duration such as 30s", "a negative time makes no sense")
	case o.iterations < 0 || o.goroutines < 0 || o.ops < 0 || o.workers < 0:
		return usage("", "a negative count makes no sense")
	case o.goroutines > 64 || o.ops > 10_000:
		return usage("more clients make the history checker give up", "at most 64 --goroutines and 10 000 --ops")
	case !slices.Contains([]string{"", "go-deadlock", "owners", "order"}, o.lockCheck):
		return usage("--lockcheck=go-deadlock, or owners or order for packages", "unknown lock checker %q", o.lockCheck)
	}
	return nil
}

// newSeed returns a seed that is short enough to be typed.
func newSeed() report.Seed {
	var b [8]byte
	_, _ = rand.Read(b[:4])
	return report.Seed(binary.LittleEndian.Uint64(b[:]) | 1)
}

// printConfig prints the value of each flag and its origin.
func (a *app) printConfig(origins []origin) {
	for _, o := range origins {
		if o.flag.Hidden || o.flag.Name == "help" || o.flag.Name == "print-config" {
			continue
		}
		fmt.Fprintf(a.Stdout, "%-14s %-20s %s\n", o.flag.Name, fmt.Sprintf("%q", o.flag.Value.String()), o.source)
	}
}
