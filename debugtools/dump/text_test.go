package dump

import (
	"bytes"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// written is what a dump keeps that text can say.
func written(d *Dump) []Goroutine {
	all := append([]Goroutine(nil), d.Goroutines...)
	for i := range all {
		g := &all[i]
		g.Line, g.Flags = 0, g.Flags&^System
		g.Stack = &Stack{Frames: g.Stack.Frames, Creator: g.Stack.Creator}
	}
	return all
}

// TestText writes what was read and reads it again.
func TestText(t *testing.T) {
	self := make([]byte, 1<<20)
	self = self[:runtime.Stack(self, true)]
	objects := strings.Replace(panicText, "count=3]", "count=3 op=send cap=4 closed=1 at=main.f (x) /a.go:1]", 1)
	labels := "goroutine 7 [select (durable), 3 minutes, synctest bubble 9] {\"a\": \"]:\\n\", \"b\": \"\"}:\nmain.f({0x1, 0x2}, 0x3?, _)\n\t/a.go:1\n" +
		"...additional frames elided...\ncreated by main.g\n\t/a.go:2\n"
	for _, text := range []string{panicText, objects, labels, string(self)} {
		want := read(t, text)
		var b bytes.Buffer
		if err := want.Text(&b); err != nil {
			t.Fatal(err)
		}
		got := read(t, b.String())
		if len(got.Problems) > 0 || !reflect.DeepEqual(written(want), written(got)) {
			t.Errorf("read %+v\nwritten as\n%s\nread again %+v", written(want), b.String(), written(got))
		}
	}
}

// brokenWriter fails always.
type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestTextError(t *testing.T) {
	if err := read(t, panicText).Text(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}

func TestNewShape(t *testing.T) {
	s := NewShape([][]Word{{{Arg: 0}, {Arg: -1}}, nil, {{Arg: 1, Stale: true}}})
	if got := s.Words(0); len(got) != 2 || got[1].Arg != -1 {
		t.Errorf("%v", got)
	}
	if got := s.Words(1); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := s.Words(2); len(got) != 1 || !got[0].Stale {
		t.Errorf("%v", got)
	}
}
