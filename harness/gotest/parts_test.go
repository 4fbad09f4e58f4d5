package gotest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestSelectionMeansWhatRunMeans(t *testing.T) {
	for _, c := range []struct{ expression, test, want string }{
		{"", "TestA", "^TestA$"},
		{"A", "TestA", "^TestA$"},
		{"A", "TestB", ""},
		{"^TestA$|B", "TestB", "^TestB$"},
		{"A/sub", "TestA", "^TestA$/sub"},
		{"A/x|A/y/z|B", "TestA", "^TestA$/x|^TestA$/y/z"},
		{"A|A/y", "TestA", "^TestA$"},
		{"Test(A|B)/[|/]", "TestB", "^TestB$/[|/]"},
		{`Test\|`, "TestA", ""},
		{"Ä", "TestÄ", "^TestÄ$"},
	} {
		s, err := parseSelection(c.expression)
		if err != nil {
			t.Errorf("%q: %v", c.expression, err)
			continue
		}
		if got, ok := s.run(c.test); got != c.want || ok != (c.want != "") {
			t.Errorf("%q selects %s as %q, want %q", c.expression, c.test, got, c.want)
		}
	}
}

func FuzzSelection(f *testing.F) {
	for _, s := range []string{"", "A|B/c", "((", "[", `\`, "a/b/c|", "Test(A|B)/[|/]"} {
		f.Add(s, "TestA")
	}
	f.Fuzz(func(t *testing.T, expression, test string) {
		s, err := parseSelection(expression)
		if err != nil || !isTest(test) {
			return
		}
		if pattern, ok := s.run(test); ok {
			if again, err := parseSelection(pattern); err != nil || len(again.top) == 0 {
				t.Fatalf("%q of %q is no expression: %v", pattern, expression, err)
			} else if _, ok := again.run(test); !ok {
				t.Fatalf("%q of %q does not select %q", pattern, expression, test)
			}
		}
	})
}

func TestNamesOfTests(t *testing.T) {
	output := "TestA\r\nTestB\nTestA\nBenchmarkC\nFuzzD\nExample\nExample_e\nTestify\nTest it\nok  \tpkg\t0.01s\nTest\n"
	if got := testNames([]byte(output)); !reflect.DeepEqual(got, []string{"TestA", "TestB", "FuzzD", "Example", "Example_e", "Test"}) {
		t.Errorf("%q", got)
	}
}

func TestCaptureKeepsBothEnds(t *testing.T) {
	var all []byte
	for i := range 5000 {
		all = append(all, byte('a'+i%26))
	}
	for _, limit := range []int{1, 7, 100, 2499, 2500, 10_000} {
		for _, chunk := range []int{1, 3, 64, 5000} {
			c := capture{limit: limit}
			for range 2 { // the buffers are used again
				c.reset()
				c.read(iotestReader{bytes.NewReader(all), chunk}, make([]byte, 512))
			}
			got := c.bytes()
			if 2*limit >= len(all) {
				if !bytes.Equal(got, all) {
					t.Errorf("limit %d, chunks of %d: changed what fits", limit, chunk)
				}
				continue
			}
			if !bytes.HasPrefix(got, all[:limit]) || !bytes.HasSuffix(got, all[len(all)-limit:]) || !bytes.Contains(got, []byte("left out]")) {
				t.Errorf("limit %d, chunks of %d: %q", limit, chunk, got)
			}
		}
	}
}

// An iotestReader returns at most n bytes a call.
type iotestReader struct {
	r *bytes.Reader
	n int
}

func (r iotestReader) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), r.n)]) }

func TestEnvironments(t *testing.T) {
	env := []string{"A=1", "B=2", "A=3", "bad", "=C:=x", "C=a=b"}
	if got := without(env, "B"); !reflect.DeepEqual(got, []string{"A=3", "C=a=b"}) {
		t.Errorf("%q", got)
	}
	if v, ok := lookup(env, "A"); v != "3" || !ok {
		t.Errorf("A is %q, %v", v, ok)
	}
	if _, ok := lookup(env, "D"); ok {
		t.Error("D is set")
	}
}

func TestVariablesOfAPlan(t *testing.T) {
	p := Plan{Seed: 16, Procs: 2, GOGC: "off", CPU: -1}
	want := []string{"GOGC=off", "GOMAXPROCS=2", "GOMEMLIMIT=" + memoryLimit, "HARNESS_RUN_SEED=0x10"}
	if got := p.variables(false, "x=1"); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	p.Late = true
	race := p.variables(true, "history_size=7")[3]
	for _, part := range []string{"GORACE=history_size=7 ", "suppress_equal_stacks=0", "atexit_sleep_ms=1000"} {
		if !strings.Contains(race, part) {
			t.Errorf("%q lacks %q", race, part)
		}
	}
}

func TestShellCommand(t *testing.T) {
	got := shellCommand("/a dir", []string{"A=it's", "B="}, []string{"go", "test", "-run=^TestA$"}, 1)
	if want := `cd '/a dir' && A='it'\''s' B='' taskset -c 1 go test '-run=^TestA$'`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNameOfExecutable(t *testing.T) {
	for path, want := range map[string]string{"a.com/queue": "queue", "a.com/queue/v2": "queue", "queue": "queue", "a/v2x": "v2x", "v2": "v2", "a/v": "v"} {
		if got := executable(path); got != want+".test"+exe() {
			t.Errorf("%s: %s", path, got)
		}
	}
}
