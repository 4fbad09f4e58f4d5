package gotest

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A listing is what a test binary says about its tests.
type listing struct {
	tests     []string
	problem   string // why the tests could not be listed
	cancelled bool   // the run was interrupted before they were
	unequal   bool   // the race detector does not know suppress_equal_stacks
}

// listLimit is the least time that a binary gets to list its tests: a short RunConfig.Timeout is about the tests.
const listLimit = 20 * time.Second

// findTests lists the tests of all binaries, several at a time, and makes the jobs.
func (c *coordinator) findTests(ctx context.Context, selected selection) {
	listings := make([]listing, len(c.config.Binaries))
	next := make(chan int)
	var all sync.WaitGroup
	for number := range min(c.config.Workers, len(listings)) {
		w := newWorker(c, number)
		all.Go(func() {
			err := w.open()
			defer w.close()
			for i := range next {
				listings[i] = w.list(ctx, c.config.Binaries[i], err)
			}
		})
	}
	for i, b := range c.config.Binaries {
		if b.Runnable() {
			next <- i
		}
	}
	close(next)
	all.Wait()
	for i, b := range c.config.Binaries {
		c.addJobs(i, b, listings[i], selected)
	}
	c.note(listings)
}

// note writes down what limits the meaning of the numbers.
func (c *coordinator) note(listings []listing) {
	for i, l := range listings {
		if l.unequal {
			c.notes = append(c.notes, "the race detector of "+c.config.Binaries[i].ImportPath+
				" does not know suppress_equal_stacks: a race that repeats in one process counts once")
			return
		}
	}
}

// list asks a binary for its tests, and whether its race detector can report equal races.
func (w *worker) list(ctx context.Context, b Binary, broken error) listing {
	if broken != nil {
		return listing{problem: broken.Error()}
	}
	r := Process{Dir: b.Dir, Env: []string{"GORACE=atexit_sleep_ms=0"}, Args: []string{"-test.list=."}, Plan: Plan{CPU: -1}}
	o := w.runner.run(ctx, w.command(b, &r, max(w.config.Timeout, listLimit)))
	l := listing{tests: testNames(o.output), cancelled: o.cancelled}
	switch {
	case o.cancelled:
		return l
	case o.err != nil:
		l.problem = o.err.Error()
	case o.exit != (signature.ExitInfo{}):
		l.problem = "listing its tests failed"
	}
	if b.Race && l.problem == "" {
		r.Env = []string{"GORACE=atexit_sleep_ms=0 help=1"}
		o = w.runner.run(ctx, w.command(b, &r, listLimit))
		l.unequal = o.err == nil && !o.cancelled && !bytes.Contains(o.output, []byte("suppress_equal_stacks"))
	}
	return l
}

// testNames returns the names of tests, fuzz tests and examples among the lines of an output, each once.
func testNames(output []byte) []string {
	var names []string
	seen := map[string]bool{}
	for line := range strings.Lines(string(output)) {
		name := strings.TrimRight(line, "\r\n")
		if isTest(name) && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// isTest reports whether a line is the name of a test, fuzz test or example.
func isTest(name string) bool {
	for _, prefix := range []string{"Test", "Fuzz", "Example"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if first, _ := utf8.DecodeRuneInString(rest); rest != "" && unicode.IsLower(first) {
			continue
		}
		return strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0
	}
	return false
}

// addJobs makes the jobs of one binary, or writes down why there are none. A binary whose tests cannot be listed is run as a
// whole, so that whatever breaks it is seen and counted.
func (c *coordinator) addJobs(i int, b Binary, l listing, selected selection) {
	skip := func(reason string) { c.skipped = append(c.skipped, Skipped{ImportPath: b.ImportPath, Reason: reason}) }
	switch {
	case b.BuildError != "":
		skip(buildFailed + b.BuildError)
		return
	case !b.Runnable():
		skip("no test files")
		return
	case l.cancelled:
		skip(interrupted)
		return
	case l.problem != "":
		c.tally.test(TestName{b.ImportPath, wholePackage})
		c.notes = append(c.notes, b.ImportPath+": "+l.problem+"; its tests run in one process")
		c.schedule.jobs = append(c.schedule.jobs, &job{binary: i, pattern: c.config.Run, key: b.ImportPath})
		return
	}
	whole := &job{binary: i, pattern: c.config.Run, key: b.ImportPath}
	for _, name := range l.tests {
		pattern, ok := selected.run(name)
		if !ok {
			continue
		}
		c.tally.test(TestName{b.ImportPath, name})
		whole.tests = append(whole.tests, name)
		if c.config.Isolate == PerTest {
			c.schedule.jobs = append(c.schedule.jobs, &job{binary: i, test: name, pattern: pattern,
				key: b.ImportPath + "." + name, tests: []string{name}})
		}
	}
	if len(whole.tests) == 0 {
		skip("no test selected")
	} else if c.config.Isolate == PerPackage {
		c.schedule.jobs = append(c.schedule.jobs, whole)
	}
}
