package finding

import (
	"strings"
	"testing"
)

// TestWrite holds the form for people, and that a terminal is told nothing by names from outside.
func TestWrite(t *testing.T) {
	var b strings.Builder
	all := []Finding{{Certainty: Proved, Title: "self-lock in \x1b[2Jmain", Evidence: []string{"G7\r waits"}, Fix: "unlock\u009b"}, {Certainty: Note, Title: "naïve\tname"}}
	if err := Write(&b, all); err != nil {
		t.Fatal(err)
	}
	want := "PROVED    self-lock in ?[2Jmain\n            G7? waits\n          fix: unlock?\n\nNOTE      naïve\tname\n\n"
	if b.String() != want {
		t.Errorf("got %q\nwant %q", b.String(), want)
	}
}
