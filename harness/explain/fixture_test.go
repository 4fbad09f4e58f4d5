package explain

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A fixture is an execution in a text that people can read and edit, a line a thing:
//
//	test NAME | failure KIND | message TEXT | output TEXT
//	thread NUMBER PARENT FUNCTION SITE
//	object NUMBER TYPE [NAME]
//	step THREAD KIND OBJECT SITE [forced] [blocked] [pick OPTION OF KIND OBJECT] [note TEXT] [SITE ...]
//	wait THREAD OBJECT HOLDER REASON SITE ...
//	outside WHAT SITE
//
// A site is FUNCTION@FILE:LINE, and "-" stands for nothing. In REASON, "_" stands for a space.
func parseFixture(text string) (*Execution, error) {
	e := &Execution{}
	for n, line := range strings.Split(text, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if word == "" || word[0] == '#' {
			continue
		}
		if err := e.parseLine(word, rest, strings.Fields(rest)); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return e, nil
}

func (e *Execution) parseLine(word, rest string, f []string) error {
	number := func(i int) int {
		if i >= len(f) {
			return -1
		}
		n, err := strconv.Atoi(f[i])
		if err != nil {
			return -1
		}
		return n
	}
	at := func(i int) string {
		if i >= len(f) {
			return "-"
		}
		return f[i]
	}
	from := func(i int) []string { return f[min(i, len(f)):] }
	switch word {
	case "test":
		e.Test = rest
	case "failure":
		e.Failure = rest
	case "message":
		e.Message = rest
	case "output":
		e.Output += rest + "\n"
	case "thread":
		e.Threads = append(e.Threads, Thread{ID: number(0), Parent: number(1), Func: dash(at(2)), Site: parseSite(at(3))})
	case "object":
		e.Objects = append(e.Objects, Object{ID: number(0), Type: dash(at(1)), Name: strings.Join(from(2), " ")})
	case "step":
		e.Steps = append(e.Steps, parseStep(number(0), dash(at(1)), number(2), append([]string{at(3)}, from(4)...)))
	case "wait":
		w := Waiting{Thread: number(0), Object: number(1), Holder: number(2), Reason: strings.ReplaceAll(at(3), "_", " ")}
		for _, s := range from(4) {
			w.Stack = append(w.Stack, parseSite(s))
		}
		e.Waiting = append(e.Waiting, w)
	case "outside":
		e.Uncontrol = append(e.Uncontrol, Uncontrolled{What: strings.ReplaceAll(at(0), "_", " "), Site: parseSite(at(1))})
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

func parseStep(thread int, kind string, object int, f []string) Step {
	s := Step{Thread: thread, Kind: kind, Object: object, Site: parseSite(f[0])}
	for i := 1; i < len(f); i++ {
		switch f[i] {
		case "forced":
			s.Forced = true
		case "blocked":
			s.Blocked = true
		case "pick": // a forced one
			s.Pick = parsePick(f[i+1:])
			i += 4
		case "note":
			s.Note = strings.Join(f[i+1:], " ")
			return s
		default:
			s.Stack = append(s.Stack, parseSite(f[i]))
		}
	}
	return s
}

func parsePick(f []string) *Pick {
	p := &Pick{Forced: true}
	if n, err := fmt.Sscan(strings.Join(f, " "), &p.Option, &p.Of, &p.Kind, &p.Object); n < 4 {
		panic(err)
	}
	p.Kind = dash(p.Kind)
	return p
}

func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func parseSite(s string) Site {
	function, place, _ := strings.Cut(s, "@")
	file, line, _ := strings.Cut(place, ":")
	n, _ := strconv.Atoi(line)
	return Site{Func: dash(function), File: file, Line: n}
}

// fixtures returns the names of all fixtures.
func fixtures(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.exec")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".exec")
	}
	return files
}

func fixture(t testing.TB, name string) *Execution {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".exec"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := parseFixture(string(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

// source reads the files that the fixtures are about.
func source(file string) []string {
	text, err := os.ReadFile(filepath.Join("testdata", "source", filepath.Base(file)+".txt"))
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}
