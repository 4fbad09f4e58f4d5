package perf

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// TestRead: what a file is follows from its content, packed or not.
func TestRead(t *testing.T) {
	packed, err := os.ReadFile("testdata/held.trace.gz")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.ReadFile("testdata/convoy.mutex.pprof")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := unpack(bytes.NewReader(profile))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"trace": raw(t, "held"), "packed trace": packed} {
		if tr, p, err := Read(bytes.NewReader(b)); err != nil || p != nil || tr.Processors != 2 {
			t.Errorf("%s: %v %v %v", name, tr, p, err)
		}
	}
	for name, b := range map[string][]byte{"profile": profile, "plain profile": plain} {
		if tr, p, err := Read(bytes.NewReader(b)); err != nil || tr != nil || p.Kind != MutexProfile {
			t.Errorf("%s: %v %v %v", name, tr, p, err)
		}
	}
	if _, _, err := Read(bytes.NewReader(packed[:200])); !errors.Is(err, ErrNotTrace) {
		t.Errorf("a packed trace that is cut: %v", err)
	}
}

func TestReadOthers(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "empty",
		"goroutine 1 [running]:\nmain.main()\n": "goroutine dump",
		"goroutine profile: total 3\n":          "goroutine dump",
		"go1.7 heap dump\n\x06":                 "heap dump",
		"goos: linux\nBenchmarkX 1 1 ns/op\n":   "benchmarks",
		"hello,\tworld\n":                       "other text",
		"mode: set\n":                           "coverage",
		"--- mutex:\ncycles/second=1\n":         "debug=1",
	} {
		if _, _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	broken := errors.New("broken disk")
	if _, _, err := Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, _, err := Read(strings.NewReader("\x07\x00\xff")); !errors.Is(err, ErrNotProfile) {
		t.Error(err)
	}
}

func TestDiffTraces(t *testing.T) {
	d := DiffTraces(read(t, "released"), read(t, "held"))
	if len(d.Appeared) != 1 || d.Appeared[0].Kind != "lock-held-while-waiting" || len(d.Gone) != 0 {
		t.Errorf("appeared %v, gone %v", d.Appeared, d.Gone)
	}
	if d = DiffTraces(read(t, "held"), read(t, "released")); len(d.Gone) != 1 || len(d.Appeared) != 0 {
		t.Errorf("the other way round: %v %v", d.Appeared, d.Gone)
	}
	var out bytes.Buffer
	if err := d.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "tracediff.txt", out.Bytes())
	if d = DiffTraces(read(t, "held"), read(t, "held")); len(d.Appeared)+len(d.Gone) > 0 || d.Rows[0].Old != d.Rows[0].New {
		t.Errorf("it differs from itself: %+v", d)
	}
}
