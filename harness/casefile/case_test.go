package casefile

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

// full is a case in which every field is set.
func full() *Case {
	return &Case{
		Target: "lockfree/treiber-stack", Bug: "aba", Package: "example.com/stack", Test: "TestStack/small",
		Command: []string{"./stack.test", "-test.run", "TestStack/two words"},
		Engine:  "check", Kind: "linearizable", Signature: "linearizable: no order explains pop",
		Message: "no order of the operations explains their results",
		Found: Found{Time: time.Date(2026, 11, 23, 2, 14, 0, 0, time.UTC), Go: "go1.26.8", Platform: "linux/amd64", CPUs: 8, GOMAXPROCS: 2,
			Commit: "abc123+dirty"},
		HarnessVersion: "0.4.0", Digest: "sha256:9f1c",
		Fidelity: Fidelity{Level: Statistical, Failed: 7, Runs: 17}, Requires: []string{"race", "linux"},
		Config:   Pairs{{"seed", "0x5eed17"}, {"note", " spaced "}},
		Env:      Pairs{{"GOGC", "50"}, {"GOFLAGS", "-race -v"}},
		Program:  []Step{{0, "push", "1"}, {1, "pop", ""}, {2, "put all", `{"key": "a b", "v": [1, 2]}`}, {2, "say", `"x"`}},
		Schedule: []Decision{{"c1", 4, "pop:cas", "c0"}, {"c1/2", 0, "two words", "c2"}},
		Faults:   []FaultDecision{{"net.write", "conn=2", 3, "reset"}, {"disk", "", 0, "short write"}},
		Expect:   ExpectFail, Extra: []Line{{"colour", "dark green"}, {"colour", `"light" blue`}},
		Trace: "c0 push(1)  |--|\n\n  c1 pop() -> none",
	}
}

// small is the least that can be written.
func small() *Case {
	return &Case{Target: "t", Engine: "stress", Signature: "s", Fidelity: Fidelity{Level: BestEffort}, Expect: ExpectPass}
}

// odd is a case whose texts are as hostile as texts can be.
func odd() *Case {
	hostile := "\"\n\x00\xff \u2028\u00a0=#end "
	c := small()
	for _, s := range []*string{&c.Target, &c.Bug, &c.Package, &c.Test, &c.Engine, &c.Kind, &c.Signature, &c.Message, &c.Found.Go,
		&c.Found.Platform, &c.Found.Commit, &c.HarnessVersion, &c.Digest} {
		*s = hostile
	}
	c.Command, c.Requires = []string{hostile, "", "end"}, []string{"", hostile}
	c.Config, c.Env = Pairs{{"a", hostile}, {"b", ""}}, Pairs{{"end", hostile}}
	c.Program = []Step{{9, hostile, "`" + `raw "string"` + "`"}, {0, "#", "'r'"}}
	c.Schedule = []Decision{{hostile, 1, hostile, hostile}, {"->", 1, "", "->"}}
	c.Faults = []FaultDecision{{hostile, hostile, 1<<64 - 1, hostile}, {}}
	c.Trace = "end\n\tharness case v2\n# # #\n\n\"\u2028x"
	return c
}

func mustMarshal(t testing.TB, c *Case) []byte {
	t.Helper()
	data, err := Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	for name, c := range map[string]*Case{"full": full(), "small": small(), "odd": odd()} {
		data := mustMarshal(t, c)
		got, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, data)
		}
		if !reflect.DeepEqual(got, c) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, c)
		}
	}
}

// TestGolden holds the promise of the format: the file written by the first version is read, and written again byte by byte.
func TestGolden(t *testing.T) {
	const file = "testdata/v1.case"
	if *update {
		if err := os.WriteFile(file, mustMarshal(t, full()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, full()) {
		t.Errorf("read %+v", c)
	}
	if got := mustMarshal(t, c); !bytes.Equal(got, want) {
		t.Errorf("written again:\n%s\nwant:\n%s", got, want)
	}
}

// TestEveryField asks that the round trip covers the whole struct: each field of full is set, but Race, which has a test below.
func TestEveryField(t *testing.T) {
	var walk func(name string, v reflect.Value)
	walk = func(name string, v reflect.Value) {
		if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				walk(name+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		}
		if v.IsZero() && name != "Case.Found.Race" {
			t.Errorf("%s is not set", name)
		}
	}
	walk("Case", reflect.ValueOf(*full()))
}

func TestRaceLine(t *testing.T) {
	c := full()
	c.Found.Race = true
	got, err := Parse(mustMarshal(t, c))
	if err != nil || !got.Found.Race {
		t.Errorf("race was lost: %v, %v", got, err)
	}
}

// TestReadmeKnowsEveryKey keeps the documentation complete.
func TestReadmeKnowsEveryKey(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if !bytes.Contains(data, []byte("| `"+f.key+"` ")) {
			t.Errorf("README.md has no row for %q", f.key)
		}
	}
}

// TestReadmeExample parses the example of the documentation, which must be canonical.
func TestReadmeExample(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(data), "```\nharness case")
	example, _, ended := strings.Cut("harness case"+example, "```")
	if !found || !ended {
		t.Fatal("there is no example")
	}
	c, err := Parse([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(mustMarshal(t, c)); got != example {
		t.Errorf("canonical:\n%s\nin README.md:\n%s", got, example)
	}
}

func TestMarshalRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Case){
		"no target":         func(c *Case) { c.Target = "" },
		"no engine":         func(c *Case) { c.Engine = "" },
		"no signature":      func(c *Case) { c.Signature = "" },
		"no fidelity":       func(c *Case) { c.Fidelity = Fidelity{} },
		"odd fidelity":      func(c *Case) { c.Fidelity.Level = "sure" },
		"more than all":     func(c *Case) { c.Fidelity = Fidelity{Statistical, 3, 2} },
		"not so exact":      func(c *Case) { c.Fidelity = Fidelity{Exact, 1, 2} },
		"no measurement":    func(c *Case) { c.Fidelity = Fidelity{Statistical, 0, 0} },
		"no expectation":    func(c *Case) { c.Expect = "" },
		"odd expectation":   func(c *Case) { c.Expect = "hope" },
		"negative cpus":     func(c *Case) { c.Found.CPUs = -1 },
		"far future":        func(c *Case) { c.Found.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"name with =":       func(c *Case) { c.Config = Pairs{{"a=b", "c"}} },
		"name twice":        func(c *Case) { c.Env = Pairs{{"a", "b"}, {"a", "c"}} },
		"negative client":   func(c *Case) { c.Program = []Step{{Client: -1, Op: "get"}} },
		"no operation":      func(c *Case) { c.Program = []Step{{}} },
		"odd argument":      func(c *Case) { c.Program = []Step{{0, "put", "one"}} },
		"argument in lines": func(c *Case) { c.Program = []Step{{0, "put", "[1,\n2]"}} },
		"nobody next":       func(c *Case) { c.Schedule = []Decision{{"c0", 1, "x", ""}} },
		"known extra":       func(c *Case) { c.Extra = []Line{{"target", "x"}} },
		"extra end":         func(c *Case) { c.Extra = []Line{{"ending", "x"}} },
		"extra in lines":    func(c *Case) { c.Extra = []Line{{"x", "y\nz"}} },
	} {
		c := small()
		spoil(c)
		if data, err := Marshal(c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %q, %v", name, data, err)
		}
	}
}

func TestTooBig(t *testing.T) {
	c := small()
	c.Trace = strings.Repeat(strings.Repeat("x", 98)+"\n", 1000)
	if _, err := Marshal(c); !errors.Is(err, ErrTooBig) || !strings.Contains(err.Error(), "shorten the trace") {
		t.Fatalf("got %v", err)
	}
	c.FitTrace()
	data := mustMarshal(t, c)
	if len(data) < MaxSize-200 || !strings.HasSuffix(c.Trace, "lines are left out") {
		t.Errorf("%d bytes are left, ending %q", len(data), c.Trace[len(c.Trace)-60:])
	}
	before := c.Trace
	if c.FitTrace(); c.Trace != before {
		t.Error("a trace that fits was changed")
	}
	c.Trace = strings.Repeat("x", MaxSize)
	if c.FitTrace(); c.Trace != "... 1 lines are left out" {
		t.Errorf("one long line became %.60q", c.Trace)
	}
	c.Message = strings.Repeat("x", MaxSize)
	if _, err := Marshal(c); !errors.Is(err, ErrTooBig) || strings.Contains(err.Error(), "shorten") {
		t.Errorf("got %v", err)
	}
}

func TestPairs(t *testing.T) {
	var p Pairs
	p.Set("a", "1")
	p.Set("b", "2")
	p.Set("a", "3")
	if want := (Pairs{{"a", "3"}, {"b", "2"}}); !reflect.DeepEqual(p, want) {
		t.Errorf("got %v, want %v", p, want)
	}
	if v, ok := p.Get("b"); v != "2" || !ok {
		t.Errorf("b is %q, %v", v, ok)
	}
	if v, ok := p.Get("c"); v != "" || ok {
		t.Errorf("c is %q, %v", v, ok)
	}
}

func TestProbability(t *testing.T) {
	for f, want := range map[Fidelity]float64{{Level: Exact}: 1, {Statistical, 1, 4}: 0.25, {Level: BestEffort}: 0, {BestEffort, 1, 2}: 0.5} {
		if got := f.P(); got != want {
			t.Errorf("%v: %v, want %v", f, got, want)
		}
	}
}
