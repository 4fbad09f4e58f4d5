package dump

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Text writes the goroutines of a dump as runtime.Stack does, with owner lines behind each, so that Read reads them again and other tools do too. Of the form only
// what a Dump keeps can be written: no offsets of instructions, and of nested braces the outermost. A goroutine that is only counted is written once, and what
// other forms have in addition is left out. It returns the first error of w, and takes time linear in the length of the text.
func (d *Dump) Text(w io.Writer) error {
	t := textWriter{Writer: bufio.NewWriterSize(w, 1<<16)}
	for i := range d.Goroutines {
		if i > 0 {
			t.say("\n")
		}
		t.goroutine(&d.Goroutines[i])
	}
	return t.Flush()
}

// A textWriter writes goroutines as text.
type textWriter struct{ *bufio.Writer }

// say writes strings. An error stays and is returned by Flush.
func (t textWriter) say(parts ...string) {
	for _, p := range parts {
		t.WriteString(p)
	}
}

// goroutine writes one goroutine.
func (t textWriter) goroutine(g *Goroutine) {
	t.say("goroutine ", decimal(max(g.ID, 0)), " [", g.remarksText(), "]")
	t.labels(g.Labels)
	t.say(":\n")
	if g.Flags&NoStack != 0 && len(g.Stack.Frames) == 0 {
		t.say("\tgoroutine running on other thread; stack unavailable\n")
	}
	for i, f := range g.Stack.Frames {
		if f.Elided != 0 {
			t.elided(f.Elided)
			continue
		}
		t.say(f.Func, "(")
		if f.Inline {
			t.say("...")
		}
		t.words(g, i)
		t.say(")\n")
		t.place(f)
	}
	t.creator(g)
	t.objects("waits", g.Waits)
	t.objects("holds", g.Holds)
}

// remarksText returns what stands in the brackets of a header.
func (g *Goroutine) remarksText() string {
	s := g.State
	for _, f := range []struct {
		flag Flags
		text string
	}{{Leaked, " (leaked)"}, {Scan, " (scan)"}, {Durable, " (durable)"}} {
		if g.Flags&f.flag != 0 {
			s += f.text
		}
	}
	if g.Minutes > 0 {
		s += ", " + strconv.Itoa(g.Minutes) + " minutes"
	}
	if g.Flags&Locked != 0 {
		s += ", locked to thread"
	}
	if g.Bubble != 0 {
		s += ", synctest bubble " + decimal(g.Bubble)
	}
	return s
}

// labels writes labels as Go 1.27 does.
func (t textWriter) labels(all []Label) {
	for i, l := range all {
		t.say([]string{" {", ", "}[min(i, 1)], strconv.Quote(l.Key), ": ", strconv.Quote(l.Value))
	}
	if len(all) > 0 {
		t.say("}")
	}
}

// words writes the argument list of a frame.
func (t textWriter) words(g *Goroutine, frame int) {
	inner := false
	for i, w := range g.Shape.Words(frame) {
		if inner && !w.Inner {
			t.say("}")
		}
		if i > 0 {
			t.say(", ")
		}
		if w.Inner && !inner {
			t.say("{")
		}
		inner = w.Inner
		if w.Arg < 0 || int(w.Arg) >= len(g.Args) {
			t.say("_")
			continue
		}
		fmt.Fprintf(t, "%#x", g.Args[w.Arg])
		if w.Stale {
			t.say("?")
		}
	}
	if inner {
		t.say("}")
	}
}

// place writes the line with the place in the source of a frame.
func (t textWriter) place(f Frame) {
	t.say("\t", f.File, ":", strconv.Itoa(f.Line), "\n")
}

// elided writes that frames are missing, and how many if that is known.
func (t textWriter) elided(n int) {
	if n < 0 {
		t.say("...additional frames elided...\n")
		return
	}
	t.say("...", decimal(int64(n)), " frames elided...\n")
}

// creator writes the go statement that started a goroutine.
func (t textWriter) creator(g *Goroutine) {
	c := g.Stack.Creator
	if c.Func == "" {
		return
	}
	t.say("created by ", c.Func)
	if g.Parent > 0 {
		t.say(" in goroutine ", decimal(g.Parent))
	}
	t.say("\n")
	t.place(c)
}

// objects writes an owner line for each object.
func (t textWriter) objects(word string, all []Object) {
	for _, o := range all {
		fmt.Fprintf(t, "[%s: %s %#x", word, o.Kind, o.Addr)
		if o.Owner != 0 {
			fmt.Fprintf(t, " owner=%d", o.Owner)
		}
		if o.Count != 0 {
			fmt.Fprintf(t, " count=%d", o.Count)
		}
		if o.Op != "" {
			t.say(" op=", o.Op)
		}
		if o.Cap != 0 {
			fmt.Fprintf(t, " cap=%d", o.Cap)
		}
		if o.Closed {
			t.say(" closed=1")
		}
		if o.At != "" {
			t.say(" at=", o.At)
		}
		t.say("]\n")
	}
}

// decimal writes a number.
func decimal(n int64) string { return strconv.FormatInt(n, 10) }
