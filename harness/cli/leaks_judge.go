package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/leak"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A dumpFile is where a process has written one dump, and which test it has run.
type dumpFile struct {
	path   string
	number int
}

// A testDumps are the files of a process.
type testDumps struct {
	name  gotest.TestName
	files []dumpFile
}

// readDumps finds the files that processes have written, by test: those of the pass with the most iterations, and of the other where a test cannot run twice. A dump is read only
// when its test is judged, so that one test's are in memory at a time.
func readDumps(dir string) (map[gotest.TestName][]testDumps, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	processes := map[string]*testDumps{}
	for _, path := range paths {
		i := strings.LastIndexByte(path, '.')
		number, err := strconv.Atoi(path[i+1:])
		if err != nil {
			return nil, fmt.Errorf("reading the dumps of the tests: %w", err)
		}
		p := processes[path[:i]]
		if p == nil {
			p = &testDumps{}
			processes[path[:i]] = p
		}
		p.files = append(p.files, dumpFile{path, number})
	}
	all := map[gotest.TestName][]testDumps{}
	for _, p := range processes {
		slices.SortFunc(p.files, func(a, b dumpFile) int { return a.number - b.number })
		header, _, err := readDump(p.files[len(p.files)-1].path, false)
		if err != nil {
			return nil, err
		}
		p.name.ImportPath, p.name.Test, _ = strings.Cut(header, " ")
		all[p.name] = append(all[p.name], *p)
	}
	return all, nil
}

// readDump reads the first line of a file, and the dump behind it if that is wanted.
func readDump(path string, whole bool) (header string, d *dump.Dump, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	first, rest, ok := bytes.Cut(text, []byte("\n"))
	if !ok {
		return "", nil, errors.New("a dump of a test is empty")
	}
	if whole {
		d, err = dump.Read(bytes.NewReader(rest))
	}
	return string(first), d, err
}

// dumps reads all dumps of a process.
func (t testDumps) dumps() ([]*dump.Dump, error) {
	var all []*dump.Dump
	for _, f := range t.files {
		_, d, err := readDump(f.path, true)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// judge tells what a test has left behind.
func (h *leakHunt) judge(name gotest.TestName, processes map[gotest.TestName][]testDumps) {
	e := h.verdicts[name]
	e.Failures, e.Rate, e.NotProved, e.Histories = 0, nil, nil, 0
	emit := func(status report.Status, message string) {
		e.Status, e.Message = status, message
		h.out.Emit(e)
	}
	switch {
	case !strings.HasPrefix(name.Test, "Test"):
		emit(report.Skipped, "only tests are looked at, no examples and fuzz tests")
		return
	case e.Status == report.Violated:
		emit(report.Inconclusive, "it fails, and what a failing test leaves behind shows nothing: "+cmp.Or(h.why[name], e.Message))
		return
	case e.Status == report.Inconclusive && strings.HasPrefix(e.Message, "it skipped itself"):
		emit(report.Skipped, e.Message)
		return
	case e.Status != report.Held:
		h.out.Emit(e)
		return
	}
	dumps, err := h.longest(processes[name], slices.Contains(e.Details, "cannot run twice in a process"))
	if err != nil || len(dumps) < 2 {
		emit(report.Inconclusive, "its process has written no dump")
		return
	}
	e.Histories = int64(len(dumps) - 1)
	if accused := h.tell(name, leak.Survivors(dumps, h.flags.ignore), len(dumps)-1); accused > 0 {
		emit(report.Violated, "")
		return
	}
	emit(report.Held, "")
}

// longest returns the dumps of the process with the most iterations, or of the one with a single one.
func (h *leakHunt) longest(processes []testDumps, single bool) ([]*dump.Dump, error) {
	var best testDumps
	for _, p := range processes {
		if once := strings.HasPrefix(filepath.Base(p.files[0].path), "1-"); once == (single || h.flags.count == 1) && len(p.files) > len(best.files) {
			best = p
		}
	}
	return best.dumps()
}

// tell emits what a test has left behind, and returns how many groups of goroutines accuse it.
func (h *leakHunt) tell(name gotest.TestName, leaks []leak.Leak, iterations int) (accused int) {
	for i := range leaks {
		l := &leaks[i]
		if l.Test == "" {
			l.Test, l.Tie = name.Test, leak.Alone
		}
		f := l.Finding()
		e := report.Event{Engine: leaksVerb, Package: name.ImportPath, Target: name.Test}
		if l.Stays != "" {
			e.Kind, e.Message = report.Note, strings.TrimPrefix(f.Title, name.Test+" ")+": "+l.Stays
			h.out.Emit(e)
			continue
		}
		accused++
		e.Kind, e.Status, e.Property, e.Message = report.Violation, report.Violated, "goroutine-leak", strings.TrimPrefix(f.Title, name.Test+" ")
		e.Where, e.Evidence = report.Plural(int64(iterations), "iteration"), evidence(f)
		e.Replay = h.replay(name)
		h.out.Emit(e)
	}
	return accused
}

// evidence writes what a finding rests on.
func evidence(f finding.Finding) string {
	var b strings.Builder
	for _, line := range f.Evidence {
		fmt.Fprintf(&b, "%s\n", strings.ReplaceAll(line, moduleDir()+string(filepath.Separator), ""))
	}
	fmt.Fprintf(&b, "certainty: %s\n", certainty(f))
	if f.Fix != "" {
		fmt.Fprintf(&b, "fix: %s\n", f.Fix)
	}
	return b.String()
}

// certainty says how it is known.
func certainty(f finding.Finding) string {
	if f.Certainty == finding.Proved {
		return "proved"
	}
	return fmt.Sprintf("%s (%.2g)", strings.ToLower(f.Certainty.String()), f.Confidence)
}

// replay is the command that looks at a test again.
func (h *leakHunt) replay(name gotest.TestName) string {
	s := fmt.Sprintf("harness leaks %s --run '^%s$' --count %d", name.ImportPath, name.Test, h.flags.count)
	if h.flags.prove {
		s += " --prove"
	}
	if h.options.short {
		s += " --short"
	}
	if len(h.options.tags) > 0 {
		s += " --tags " + strings.Join(h.options.tags, ",")
	}
	return s
}

// notProved says what the run does not show.
func (h *leakHunt) notProved(processes map[gotest.TestName][]testDumps) []string {
	list := []string{"goroutines that are left only under another schedule, or by a helper that is started once, are not seen (harness explore looks at schedules)"}
	if len(processes) > 0 && !h.proves {
		list = append(list, "whether somebody could still wake them is known only where the collector was asked: with Go 1.27, or harness leaks --prove")
	}
	return list
}
