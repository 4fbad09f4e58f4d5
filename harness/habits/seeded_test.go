package habits

import (
	"strings"
	"testing"
)

// seeded is a file with one mistake for a rule, and its correct twin.
type seeded struct {
	name      string
	rule      func(*source) []string
	path      string
	bad, good string
}

var mistakes = []seeded{
	{"harness imports targets", obeysLayers, "harness/x.go",
		`package harness; import _ "github.com/concurrency-god-mode/godmode/targets/lockfree/ring"`,
		`package harness; import _ "github.com/concurrency-god-mode/godmode/harness/point"`},
	{"harness imports its command", obeysLayers, "harness/soak/x.go",
		`package soak; import _ "github.com/concurrency-god-mode/godmode/harness/cli"`,
		`package soak; import _ "github.com/concurrency-god-mode/godmode/harness"`},
	{"properties import chaos", obeysLayers, "properties/x.go",
		`package properties; import _ "github.com/concurrency-god-mode/godmode/chaos"`,
		`package properties; import _ "github.com/concurrency-god-mode/godmode/harness"`},
	{"a target imports debugtools", obeysLayers, "targets/lockfree/ring/x.go",
		`package ring; import _ "github.com/concurrency-god-mode/godmode/debugtools"`,
		`package ring; import _ "github.com/concurrency-god-mode/godmode/chaos"`},
	{"a new top level", obeysLayers, "utils/x.go", `package utils`, ""},
	{"point imports", importsNothing, "harness/point/x.go", `package point; import _ "sync"`, `package point`},

	{"a core reads the clock", isPure, "harness/linear/x.go",
		`package linear; import "time"; var x = time.Now()`, `package linear; import "time"; var x time.Duration`},
	{"a core reads a file", isPure, "harness/casefile/parse.go", `package casefile; import "os"; var x = os.Args`, `package casefile; import "io"; var x io.Reader`},
	{"a core draws from everybody's generator", isPure, "harness/coop/x.go",
		`package coop; import "math/rand/v2"; var x = rand.IntN(3)`, `package coop; import "math/rand/v2"; var x rand.Source`},
	{"a core starts a goroutine", isPure, "harness/stats/x.go", `package stats; func f() { go f() }`, `package stats; func f() { f() }`},
	{"a core knows the nouns", isPure, "harness/linear/x.go", `package linear; import _ "github.com/concurrency-god-mode/godmode/harness"`, ""},

	{"code reads the clock", keepsToTheEdge, "targets/x/x.go",
		`package x; import "time"; var x = time.Now()`, `package x; import "time"; var time_ struct{ Now int }; var x = time_.Now; var y time.Time`},
	{"under another name", keepsToTheEdge, "harness/x.go", `package x; import clock "time"; func f() { clock.Sleep(1) }`, ""},
	{"code draws from everybody's generator", keepsToTheEdge, "targets/x/x.go",
		`package x; import "math/rand"; var x = rand.Int()`, `package x; import "math/rand"; var x = rand.New(rand.NewSource(1)).Int()`},
	{"code exits", keepsToTheEdge, "targets/x/x.go", `package x; import "os"; func f() { os.Exit(1) }`, `package x; import "os"; var _ = os.Args`},
	{"code logs", keepsToTheEdge, "targets/x/x.go", `package x; import "log"; func f() { log.Print(1) }`, `package x; import "fmt"; func f() { fmt.Print(1) }`},
	{"code has an init", keepsToTheEdge, "targets/x/x.go", `package x; func init() {}`, `package x; type t int; func (t) init() {}`},
	{"a test sleeps", keepsToTheEdge, "targets/x/x_test.go",
		`package x; import "time"; func f() { time.Sleep(1) }`, `package x; import "time"; func f() { time.Now() }`},

	{"a matter of nobody's", ownsTodos, "harness/x.go", "package x\n// TODO: one day\n", "package x\n// TODO(#12): one day. Todos are fine.\n"},
	{"a long function", longFunctions, "harness/x.go",
		"package x\nfunc f() {" + strings.Repeat("\n", longestFunction+2) + "}", "package x\nfunc f() {" + strings.Repeat("\n", longestFunction+1) + "}"},
	{"a long file", longFiles, "harness/x.go", "package x" + strings.Repeat("\n", longestFile+1), "package x" + strings.Repeat("\n", longestFile)},
	{"an undocumented function", documents, "harness/x.go", "package x\nfunc F() {}", "package x\n// F does.\nfunc F() {}\nfunc g() {}"},
	{"an undocumented method", documents, "harness/x.go", "package x\ntype t[A any] int\n// T is.\ntype T[A any] int\nfunc (*T[A]) M() {}",
		"package x\ntype t[A any] int\nfunc (t[A]) M() {}"},
	{"an undocumented type", documents, "harness/x.go", "package x\ntype T int", "package x\n// T is.\ntype T int"},
	{"an undocumented constant", documents, "harness/x.go", "package x\nconst A = 1", "package x\n// The letters.\nconst (\nA = 1\nB = 2\n)"},
}

// TestSeededMistakes: a rule that finds nothing has to show that it can.
func TestSeededMistakes(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			if bad := complaints(t, m, m.bad); len(bad) != 1 {
				t.Errorf("want one complaint about\n%s\ngot %q", m.bad, bad)
			}
			if m.good == "" {
				return
			}
			if bad := complaints(t, m, m.good); len(bad) != 0 {
				t.Errorf("the correct twin is accused: %q", bad)
			}
		})
	}
}

func complaints(t *testing.T, m seeded, text string) []string {
	t.Helper()
	s, err := parse(m.path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m.rule(s)
}

// TestMachinePathsSeeded: the rule of paths is about any text.
func TestMachinePathsSeeded(t *testing.T) {
	for text, want := range map[string]int{
		"see /ro" + "ot/notes\nand /ho" + "me/alice/x": 2,
		"GET /home HTTP/1.1":                           0,
		"~/go/bin":                                     0,
		"\x00/ro" + "ot/notes":                         0,
	} {
		if bad := namesNoMachine("README.md", []byte(text)); len(bad) != want {
			t.Errorf("%q: want %d complaints, got %q", text, want, bad)
		}
	}
}
