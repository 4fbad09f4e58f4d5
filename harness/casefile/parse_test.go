package casefile

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryTruncationIsNoticed cuts a case after each byte: nothing but the whole may be read.
func TestEveryTruncationIsNoticed(t *testing.T) {
	for _, c := range []*Case{full(), odd()} {
		data := mustMarshal(t, c)
		for n := 1; n < len(data)-1; n++ {
			if _, err := Parse(data[:n]); !errors.Is(err, ErrTruncated) {
				t.Fatalf("the first %d bytes: %v\n%s", n, err, data[:n])
			}
		}
		if _, err := Parse(data[:len(data)-1]); err != nil {
			t.Errorf("without the last newline: %v", err)
		}
	}
}

// TestErrors pins reason and line, and asks for one line of text that fits a terminal.
func TestErrors(t *testing.T) {
	good := string(mustMarshal(t, full()))
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in the case", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range []struct {
		name, data string
		reason     error
		line       int
		text       string
	}{
		{"empty", "", ErrEmpty, 0, "empty file"},
		{"blank", " \n\n", ErrEmpty, 0, "empty file"},
		{"json", `{"target": "x"}`, ErrForeign, 0, "looks like JSON"},
		{"go source", "package main\n", ErrForeign, 0, "looks like Go source"},
		{"elf", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 1<<17), ErrForeign, 0, "ELF"},
		{"binary", "\x00\x01\x02\n", ErrForeign, 0, "binary data"},
		{"dump", "goroutine 1 [running]:\n", ErrForeign, 0, "harness dump"},
		{"conflict", "<<<<<<< HEAD\nharness case v1\n", ErrForeign, 0, "merge conflicts"},
		{"prose", "Dear diary\n", ErrForeign, 0, `starts with "Dear diary"`},
		{"not the first line", "\n" + good, ErrForeign, 0, "starts with"},
		{"too big", good + strings.Repeat("\n", MaxSize), ErrTooBig, 0, "65536"},
		{"future", swap("v1", "v2"), ErrVersion, 1, "version 2: this harness reads v1 (update harness)"},
		{"no version", swap("v1", "v"), ErrSyntax, 1, "version"},
		{"version zero", swap("v1", "v0"), ErrSyntax, 1, "version"},
		{"truncated", good[:200], ErrTruncated, 7, "end"},
		{"header only", "harness case v1", ErrTruncated, 1, "end"},
		{"two in one", good + good, ErrSyntax, 41, "two files"},
		{"a second bug", swap("target ", "bug "), ErrSyntax, 3, "line 2"},
		{"no text", swap("aba", ""), ErrSyntax, 3, `"bug" has no text`},
		{"odd key", swap("bug ", "BUG "), ErrSyntax, 3, "is no key"},
		{"key like the end", swap("bug ", "endless "), ErrSyntax, 3, "is no key"},
		{"no signature", swap("signature", "sigature"), ErrSyntax, 0, `does not know the line "sigature"`},
		{"control", swap("aba", "a\x1bba"), ErrSyntax, 3, "unprintable"},
		{"not UTF-8", swap("aba", "a\xffba"), ErrSyntax, 3, "unprintable"},
		{"open string", swap("aba", `"aba`), ErrSyntax, 3, "no Go string"},
		{"open word", swap(`two words"`, `two words`), ErrSyntax, 6, "no Go string"},
		{"glued word", swap(`two words"`, `two words"x`), ErrSyntax, 6, "no blank after"},
		{"bad time", swap("2026-11-23T02:14:00Z", "yesterday"), ErrSyntax, 11, "no time"},
		{"local time", swap("02:14:00Z", "02:14:00+01:00"), ErrSyntax, 11, "UTC"},
		{"bad race", swap("off", "perhaps"), ErrSyntax, 14, "on or off"},
		{"bad number", swap("gomaxprocs  2", "gomaxprocs  -2"), ErrSyntax, 16, "no count"},
		{"bad fidelity", swap("7/17", "17/7"), ErrSyntax, 20, "statistical k/n"},
		{"half a fidelity", swap("7/17", ""), ErrSyntax, 20, "statistical k/n"},
		{"no pair", swap("seed=", "seed "), ErrSyntax, 22, "name=value"},
		{"same name", swap("note=", "seed="), ErrSyntax, 23, `a second "config seed", after that in line 22`},
		{"bad client", swap("c0 push", "x0 push"), ErrSyntax, 26, "no client"},
		{"bare client", swap("c0 push", "0 push"), ErrSyntax, 26, "no client"},
		{"no operation", swap("c1 pop", "c1"), ErrSyntax, 27, "word is missing"},
		{"bad argument", swap("push 1", "push one"), ErrSyntax, 26, "no JSON value"},
		{"no arrow", swap("-> c0", "=> c0"), ErrSyntax, 30, "instead of ->"},
		{"short switch", swap("-> c0", ""), ErrSyntax, 30, "has 3 words"},
		{"bad point", swap("c1 4", "c1 four"), ErrSyntax, 30, "no count"},
		{"short fault", swap("3 reset", "3"), ErrSyntax, 32, "has 3 words"},
		{"bad fault", swap("3 reset", "-3 reset"), ErrSyntax, 32, "no count"},
		{"bad expectation", swap(" fail", " maybe"), ErrSyntax, 34, "fail or pass"},
	} {
		_, err := Parse([]byte(c.data))
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, c.reason) || e.Line != c.line {
			t.Errorf("%s: got %v; want %v in line %d", c.name, err, c.reason, c.line)
			continue
		}
		if msg := err.Error(); !strings.Contains(msg, c.text) || strings.Contains(msg, "\n") || len(msg) > 240 {
			t.Errorf("%s: got the error %q; want one short line with %q", c.name, msg, c.text)
		}
	}
}

// TestLenient reads what editors and people make of a case.
func TestLenient(t *testing.T) {
	want := full()
	good := string(mustMarshal(t, want))
	for name, data := range map[string]string{
		"windows":     strings.ReplaceAll(good, "\n", "\r\n"),
		"byte mark":   "\uFEFF" + good,
		"blank lines": strings.ReplaceAll(good, "\n", "\n\n"),
		"indented":    strings.ReplaceAll(good, "\n", "\n \t"),
		"one blank":   strings.ReplaceAll(good, "target      ", "target "),
		"tabs":        strings.ReplaceAll(strings.ReplaceAll(good, "target      ", "target\t"), "c1 4 pop:cas", "c1\t4\tpop:cas"),
	} {
		got, err := Parse([]byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// TestCommentsAreKept moves comments to the end, and loses none.
func TestCommentsAreKept(t *testing.T) {
	data := string(mustMarshal(t, small()))
	data = strings.Replace(data, "engine", "# a remark\nengine", 1)
	data = strings.Replace(data, "\nend\n", "\n#the end\nend\n", 1)
	c, err := Parse([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := "a remark\nthe end"; c.Trace != want {
		t.Errorf("trace %q, want %q", c.Trace, want)
	}
}

// TestTraceIsCleaned asks that a trace with colours and blanks is written as plain text, once and for all.
func TestTraceIsCleaned(t *testing.T) {
	c := small()
	c.Trace = "\x1b[31mred\x1b[0m  \r\n\ttab\xff\n\n \n"
	got, err := Parse(mustMarshal(t, c))
	if err != nil {
		t.Fatal(err)
	}
	if want := "[31mred[0m\n\ttab\uFFFD"; got.Trace != want {
		t.Errorf("trace %q, want %q", got.Trace, want)
	}
}

// FuzzParse asks that nothing panics, that errors have one line and a reason, and that what was read is written and read again as the same.
func FuzzParse(f *testing.F) {
	for _, c := range []*Case{full(), small(), odd()} {
		f.Add(mustMarshal(f, c))
	}
	golden, err := os.ReadFile("testdata/v1.case")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte("harness case v1\ntarget x\nend\n"))
	f.Add([]byte("{}"))
	f.Fuzz(checkParse)
}

func checkParse(t *testing.T, data []byte) {
	c, err := Parse(data)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Reason == nil || strings.Contains(err.Error(), "\n") {
			t.Fatalf("bad error %q", err)
		}
		return
	}
	text, err := Marshal(c)
	if errors.Is(err, ErrTooBig) {
		return // the canonical form has more blanks
	}
	if err != nil {
		t.Fatalf("read, but cannot be written: %v", err)
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("cannot read back: %v\n%s", err, text)
	}
	if !bytes.Equal(mustMarshal(t, again), text) {
		t.Fatalf("not canonical:\n%s\n%s", text, mustMarshal(t, again))
	}
}

// FuzzText asks that any texts survive the round trip.
func FuzzText(f *testing.F) {
	f.Add("a", "b c", uint64(1), `"x"`)
	f.Add("\"\n", "\xff\u00a0", uint64(0), "")
	f.Add("=", "->", uint64(1<<63), "{}")
	f.Fuzz(func(t *testing.T, a, b string, n uint64, arg string) {
		c := small()
		c.Bug, c.Message, c.Command = a, b, []string{a, b}
		c.Env = Pairs{{"name", a}}
		c.Faults = []FaultDecision{{a, b, n, a}}
		c.Schedule = []Decision{{"c0", int(n >> 1), b, "c1"}}
		c.Program = []Step{{Client: 1, Op: "op" + a, Arg: arg}}
		data, err := Marshal(c)
		if errors.Is(err, ErrTooBig) || errors.Is(err, ErrInvalid) && !argument(arg) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(data)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Fatalf("%v: got\n%+v\nwant\n%+v\n%s", err, got, c, data)
		}
	})
}

// TestEveryLineMatters drops each line of a case in turn: that must be an error, or another case.
func TestEveryLineMatters(t *testing.T) {
	lines := strings.SplitAfter(string(mustMarshal(t, full())), "\n")
	for i, l := range lines[:len(lines)-1] {
		rest := strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "")
		if c, err := Parse([]byte(rest)); err == nil && reflect.DeepEqual(c, full()) && l != "race        off\n" {
			t.Errorf("line %d says nothing: %q", i+1, l)
		}
	}
}

// TestOrderOfKeys turns the keys around: a reader does not mind, and a rewrite restores the order.
func TestOrderOfKeys(t *testing.T) {
	want := string(mustMarshal(t, full()))
	lines := strings.SplitAfter(want, "\n")
	var turned []string
	for i := len(lines) - 3; i > 0; i-- { // all but the first line and the last
		at := 0
		for at < len(turned) && strings.Fields(turned[at])[0] != strings.Fields(lines[i])[0] {
			at++
		}
		turned = append(turned[:at:at], append([]string{lines[i]}, turned[at:]...)...) // lines of one key keep their order
	}
	c, err := Parse([]byte(lines[0] + strings.Join(turned, "") + "end\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(mustMarshal(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestUnknownLinesSurvive rewrites a case of a later minor version: what is new in it must not be lost.
func TestUnknownLinesSurvive(t *testing.T) {
	later := strings.Replace(string(mustMarshal(t, small())), "engine", "moon 3/4 \"full\"\nmoon {\"a\": 1}\ntide.high  06:12\nengine", 1)
	c, err := Parse([]byte(later))
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{{"moon", `3/4 "full"`}, {"moon", `{"a": 1}`}, {"tide.high", "06:12"}}
	if !reflect.DeepEqual(c.Extra, want) {
		t.Errorf("got %q, want %q", c.Extra, want)
	}
	again, err := Parse(mustMarshal(t, c))
	if err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("%v: got %+v, want %+v", err, again, c)
	}
}
