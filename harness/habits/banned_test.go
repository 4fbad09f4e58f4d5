package habits

import (
	"bytes"
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// edges are the files in which the program meets the world, with what they may call there, each with its reason. The command (harness/cmd, harness/cli)
// and chaos, whose business the world is, may call everything. The list is short on purpose: take a clock as an argument before you make it longer.
var edges = map[string]string{
	"debugtools/perf/recorder.go time.Now": "the clock of operations that may be slow, by default",
	"harness/clock.go time.Now":            "the clock that every engine takes by default",
	"harness/test.go time.Now":             "the date in the case of a test that failed",
	"harness/gotest/cases.go time.Now":     "the date in the case of a process that failed, by default",
	"harness/gotest/process.go time.Now":   "deadlines and durations of real processes",
	"harness/gotest/run.go time.Now":       "the beginning of a run of real processes",
	"harness/regress/regress.go time.Now":  "the clock of replays in go test",
	"harness/soak/clock.go time.Now":       "the clock that soak takes by default",
}

// globalRand reports whether a name is a top-level function of math/rand that draws from the generator shared by the process.
func globalRand(pkg, name string) bool {
	if pkg != "math/rand" && pkg != "math/rand/v2" {
		return false
	}
	return ast.IsExported(name) && !strings.HasPrefix(name, "New") &&
		!slices.Contains([]string{"Rand", "Source", "Source64", "Zipf", "PCG", "ChaCha8"}, name)
}

// banned names what a use of an imported package is banned as in code, or "".
func banned(pkg, name string) string {
	full := pkg + "." + name
	switch {
	case full == "time.Now", full == "time.Sleep", full == "os.Exit", pkg == "log", globalRand(pkg, name):
		return full
	}
	return ""
}

// keepsToTheEdge is the rule of banned calls.
func keepsToTheEdge(s *source) []string {
	if within(s.dir(), "harness/cmd", "harness/cli", "chaos") && !s.test() {
		return nil
	}
	var bad []string
	complain := func(n ast.Node, what, hint string) {
		if edges[s.path+" "+what] == "" {
			bad = append(bad, fmt.Sprintf("%s: %s %s", s.at(n), what, hint))
		}
	}
	s.uses(func(pkg, name string, at ast.Node) {
		what := banned(pkg, name)
		switch {
		case s.test() && what == "time.Sleep":
			complain(at, what, "makes a test slow, and wrong on a loaded machine: wait for what you wait for, or use testing/synctest")
		case !s.test() && what != "":
			complain(at, what, "belongs to the edge: take it as an argument (a clock, an Env, a choice.Stream, an error)")
		}
	})
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" && !s.test() {
			complain(f, "func init", "runs whether it is wanted or not: initialise where it is used")
		}
	}
	return bad
}

// todo matches the marks of unfinished work, owned those that say whose it is or where it is discussed: TODO(name) or TODO(#12).
var (
	todo  = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	owned = regexp.MustCompile(`\b(TODO|FIXME)\((#\d+|[a-z][a-z0-9-]*)\)`)
)

// ownsTodos is the rule of unfinished work.
func ownsTodos(s *source) []string {
	var bad []string
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if todo.MatchString(owned.ReplaceAllString(c.Text, "")) {
				bad = append(bad, s.at(c)+": an unfinished matter must have a name or an issue: TODO(#12)")
			}
		}
	}
	return bad
}

// machinePath matches the home directory of somebody, which exists on no other machine. It is put together so that it does not match itself.
var machinePath = regexp.MustCompile(`/(ro` + `ot|ho` + `me/[a-z]+|Us` + `ers/[a-z]+)/`)

// pathsAllowed are files in which such a path stands for a reason.
var pathsAllowed = map[string]string{
	"harness/signature/parts_test.go": "a dump from a made-up home, whose path must not enter a signature",
}

// namesNoMachine is the rule of paths, for any text.
func namesNoMachine(name string, text []byte) []string {
	if bytes.IndexByte(text, 0) >= 0 || pathsAllowed[name] != "" {
		return nil
	}
	var bad []string
	for i, line := range bytes.Split(text, []byte("\n")) {
		if m := machinePath.Find(line); m != nil {
			bad = append(bad, fmt.Sprintf("%s:%d: %s is on nobody else's machine", name, i+1, m))
		}
	}
	return bad
}

func TestEdges(t *testing.T) { apply(t, keepsToTheEdge) }
func TestTodos(t *testing.T) { apply(t, ownsTodos) }

func TestMachinePaths(t *testing.T) {
	repeat.Once(t)
	err := texts(func(name string, text []byte) {
		for _, complaint := range namesNoMachine(name, text) {
			t.Error(complaint)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAllowLists: an exception that nothing needs any more is removed.
func TestAllowLists(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		s.uses(func(pkg, name string, _ ast.Node) { used[s.path+" "+banned(pkg, name)] = true })
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				used[s.path+" func "+f.Name.Name] = true
			}
		}
	}
	for edge, why := range edges {
		if !used[edge] || why == "" {
			t.Errorf("the exception %q (%s) is not used: remove it", edge, path.Dir(edge))
		}
	}
}
