package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// JUnit writes a JUnit XML file for CI servers: a suite for each engine and package, a test case for each target.
//
// The format knows no more than passed, failed, error and skipped. Violated and missed are failures, held and caught passes, skipped is
// skipped. Inconclusive is an error, like what could not run: it must not look like a pass.
type JUnit struct {
	mu     sync.Mutex
	path   string
	ledger ledger
	start  Event
	suites []*suite
	dirty  bool // something is not in the file
	err    error
}

// A suite is a junit.Testsuite that grows.
type suite struct {
	junit.Testsuite
	elapsed time.Duration
	out     []string
}

// NewJUnit returns a sink that writes the file at the end of the run, or at Close. The file appears whole or not at all.
func NewJUnit(path string) *JUnit { return &JUnit{path: path, dirty: true} }

// Emit collects verdicts; the end event writes the file.
func (j *JUnit) Emit(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if o, ok := j.ledger.add(e); ok {
		j.verdict(o)
	}
	switch e.Kind {
	case Start:
		j.start = e
	case Note:
		j.note(e, line(e.Message))
	case End:
		j.rest()
		for _, s := range e.NotProved {
			j.note(e, "not proved: "+line(s))
		}
		j.write()
	}
}

// Close writes the file, unless the end event did and nothing came since. It returns the first error of writing.
func (j *JUnit) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.rest(); j.dirty {
		j.write()
	}
	return j.err
}

// rest takes targets without a verdict as they are.
func (j *JUnit) rest() {
	for _, o := range j.ledger.rest() {
		j.verdict(o)
	}
}

// suite returns the suite of an event, a new one if need be.
func (j *JUnit) suite(e Event) *suite {
	j.dirty = true
	pkg, engine := cmp.Or(e.Package, j.start.Package), cmp.Or(e.Engine, j.start.Engine)
	name := clean(strings.Trim(engine+" "+pkg, " "))
	for _, s := range j.suites {
		if s.Name == name {
			return s
		}
	}
	s := &suite{Testsuite: junit.Testsuite{Name: name, Package: clean(pkg), ID: len(j.suites)}}
	j.properties(s, engine)
	j.suites = append(j.suites, s)
	return s
}

// properties writes the header of the run into a suite.
func (j *JUnit) properties(s *suite, engine string) {
	if !j.start.Time.IsZero() {
		s.SetTimestamp(j.start.Time.UTC())
	}
	add := func(name, value string, known bool) {
		if known {
			s.AddProperty(name, clean(value))
		}
	}
	add("engine", engine, engine != "")
	add("seed", j.start.Seed.String(), j.start.Seed != 0)
	add("budget", Budget(j.start.Budget), j.start.Budget > 0)
	add("cores", fmt.Sprint(j.start.Cores), j.start.Cores > 0)
	add("details", join(j.start.Details), len(j.start.Details) > 0)
}

// note adds a line to the output of a suite.
func (j *JUnit) note(e Event, text string) {
	s := j.suite(e)
	if e.Target != "" {
		text = line(e.Name()) + ": " + text
	}
	s.out = append(s.out, text)
}

// verdict adds a test case.
func (j *JUnit) verdict(o outcome) {
	v := o.verdict
	s := j.suite(v)
	s.elapsed += v.Elapsed
	tc := junit.Testcase{Name: clean(v.Name()), Classname: s.Name, Time: decimal(v.Elapsed)}
	said := clean(headline(o))
	switch v.Status {
	case Held, Caught:
	case Violated, Missed:
		tc.Failure = o.result(said)
	case Skipped:
		tc.Skipped = &junit.Result{Message: said}
	default:
		tc.Error = o.result(said)
	}
	lines := []string{strings.TrimSpace(said)}
	for _, u := range v.NotProved {
		lines = append(lines, "not proved: "+line(u))
	}
	tc.SystemOut = &junit.Output{Data: strings.Join(lines, "\n")}
	s.AddTestcase(tc)
}

// result describes all failures of an outcome.
func (o outcome) result(said string) *junit.Result {
	var b strings.Builder
	t := NewText(&b, TextOptions{})
	failures := o.failures()
	for _, f := range failures {
		t.block(f, len(failures) > 1)
	}
	kind := cmp.Or(failures[0].Property, string(o.verdict.Status))
	return &junit.Result{Message: strings.TrimSpace(said), Type: clean(kind), Data: strings.TrimRight(b.String(), "\n")}
}

// decimal returns seconds with three decimals, as the format wants.
func decimal(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// write replaces the file atomically.
func (j *JUnit) write() {
	j.dirty = false
	all := junit.Testsuites{Name: "harness"}
	var elapsed time.Duration
	for _, s := range j.suites {
		done := s.Testsuite
		done.Time = decimal(s.elapsed)
		if len(s.out) > 0 {
			done.SystemOut = &junit.Output{Data: strings.Join(s.out, "\n")}
		}
		all.AddSuite(done)
		elapsed += s.elapsed
	}
	all.Time = decimal(elapsed)
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	err := all.WriteXML(&b)
	if err == nil {
		err = replaceFile(j.path, b.Bytes())
	}
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("write %s: %w", j.path, err)
	}
}

// replaceFile writes a file beside its place, makes sure that it is on the disk, and renames it. What is no plain file, such as
// /dev/stdout, is written to instead.
func replaceFile(path string, data []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, data, 0o644)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".junit-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
