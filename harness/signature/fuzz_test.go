package signature

import (
	"fmt"
	"reflect"
	"testing"
	"unicode/utf8"
)

// check returns what is wrong with a failure, whatever output it was read from, or "".
func check(f Failure, exit ExitInfo) string {
	switch {
	case f.Kind == "" || f.Signature == "" || f.Family == "" || f.Title == "":
		return "a name is empty"
	case f.Count < 1:
		return "it was reported less than once"
	case !exit.bad() && f.Kind != Race:
		return "a process that passed has failed"
	case len(f.Signature) > maxSignature+3 || len(f.Family) > maxSignature+3 || len(f.Title) > maxTitle+3 || len(f.Excerpt) > maxExcerpt+3:
		return "a text is too long"
	case len(f.Essence) > (maxEssence+1)*(maxTitle+4):
		return "the essence is too long"
	}
	for _, s := range []string{f.Signature, f.Family, f.Title, f.Test, f.Site, f.Excerpt, f.Essence} {
		if !utf8.ValidString(s) {
			return fmt.Sprintf("no UTF-8: %q", s)
		}
	}
	return ""
}

// FuzzParse feeds the parser with anything: it must not panic, must find a failure in a bad exit and nothing but races in a good
// one, must keep its texts in bounds, and must say the same when asked again.
func FuzzParse(f *testing.F) {
	for name, output := range recordings(f) {
		e := exitOf(name)
		f.Add(output, e.Code, e.Signal, e.TimedOut)
	}
	for _, s := range []string{"", "\x16", "goroutine 1 []:", "panic: ", "==================\nWARNING: DATA RACE", "--- FAIL: X (0.00s)\n\x16=== NAME  ",
		"fatal error: \n\ngoroutine 0 [:]:\nf(\n\t:1", "    x.go:1: found unexpected goroutines:\n[Goroutine  in state , with  on top of the stack:"} {
		f.Add([]byte(s), 2, "", false)
		f.Add([]byte(s), 0, "", false)
	}
	f.Fuzz(func(t *testing.T, output []byte, code int, signal string, timedOut bool) {
		exit := ExitInfo{Code: code, Signal: signal, TimedOut: timedOut}
		found := Parse(output, exit)
		if exit.bad() && len(found) == 0 {
			t.Fatal("a bad exit without a failure")
		}
		for _, one := range found {
			if problem := check(one, exit); problem != "" && utf8.ValidString(signal) && len(signal) < 100 {
				t.Fatalf("%s: %+v", problem, one)
			}
		}
		if !reflect.DeepEqual(found, Parse(output, exit)) {
			t.Fatal("read twice, named differently")
		}
		for _, r := range ReadTests(output).All() {
			if r.Name == "" || r.Status == "" {
				t.Fatalf("test %+v", r)
			}
		}
	})
}
