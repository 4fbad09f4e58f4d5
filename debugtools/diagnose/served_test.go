package diagnose_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// served are bodies of a function f in which one goroutine waits at the line with W, and another one, in the first literal of f, sleeps at the line with S if
// there is one.
var served = []struct {
	name, body string
	alone      bool // nobody can serve the one that waits
}{
	{"nobody sends any more", "c := make(chan int)\ngo func() { c <- 1 }()\n<-c\n<-c // W", true},
	{"nobody ever sends, on purpose", "c := make(chan int)\n<-c // W", false},
	{"the sender is past it", "c := make(chan int)\ngo func() {\nc <- 1\nwork() // S\n}()\n<-c\n<-c // W", true},
	{"the sender comes to it", "c := make(chan int)\ngo func() {\nwork() // S\nc <- 1\n}()\n<-c // W", false},
	{"on the same line", "c := make(chan int)\ngo func() {\nwork(); c <- 1 // S\n}()\n<-c // W", false},
	{"on one line with the literal", "c := make(chan int)\ngo func() { work(); c <- 1 }() // S\n<-c // W", false},
	{"it receives as well", "c := make(chan int)\ngo func() {\nwork() // S\n<-c\n}()\nc <- 1\n<-c // W", true},
	{"a loop comes back", "c := make(chan int)\ngo func() {\nfor {\nc <- 1\nwork() // S\n}\n}()\n<-c // W", false},
	{"a loop that is behind it", "c := make(chan int)\ngo func() {\nc <- 1\nfor {\nwork() // S\n}\n}()\n<-c // W", true},
	{"goto", "c := make(chan int)\ngo func() {\nagain:\nc <- 1\nwork() // S\ngoto again\n}()\n<-c // W", false},
	{"deferred", "c := make(chan int)\ngo func() {\ndefer close(c)\nwork() // S\n}()\n<-c // W", false},
	{"deferred in a literal", "c := make(chan int)\ngo func() {\ndefer func() { c <- 1 }()\nwork() // S\n}()\n<-c // W", false},
	{"by the name of a literal", "c := make(chan int)\nsay := func() { c <- 1 }\ngo func() {\nwork() // S\nsay()\n}()\n<-c // W", false},
	{"by a name, before", "c := make(chan int)\nsay := func() { c <- 1 }\ngo func() {\nsay()\nwork() // S\n}()\n<-c\n<-c // W", true},
	{"passed on", "c := make(chan int)\nwork(c)\n<-c // W", false},
	{"passed to a literal", "c := make(chan int)\ngo func(i int, d chan<- int) {\nwork() // S\nd <- i\n}(1, c)\n<-c // W", false},
	{"passed to a literal, which is past it", "c := make(chan int)\ngo func(d chan<- int) {\nd <- 1\nwork() // S\n}(c)\n<-c\n<-c // W", true},
	{"passed twice", "c := make(chan int)\nfunc(d chan int) {\ngo func(e chan int) { work(e) }(d)\n}(c)\n<-c // W", false},
	{"passed to a literal that stores it", "c := make(chan int)\nfunc(d chan int) { other = d }(c)\n<-c // W", false},
	{"passed as one of many", "c := make(chan int)\nfunc(d ...chan int) { work(d) }(c)\n<-c // W", false},
	{"passed by address", "c := make(chan int)\nfunc(d *chan int) { work(d) }(&c)\n<-c // W", false},
	{"stored in a field", "var x struct{ c chan int }\nc := make(chan int)\nx.c = c\n<-c // W", false},
	{"stored in a literal", "c := make(chan int)\nall = append(all, box{c: c})\n<-c // W", false},
	{"sent", "c := make(chan int)\nchans <- c\n<-c // W", false},
	{"its address", "c := make(chan int)\np := &c\n_ = p\n<-c // W", false},
	{"another name", "c := make(chan int)\nd := c\n_ = d\n<-c // W", false},
	{"assigned twice", "c := make(chan int)\nc = other\n<-c // W", false},
	{"not made here", "c := open()\n<-c // W", false},
	{"a global", "<-other // W", false},
	{"of a parameter", "<-given // W", false},
	{"a literal that is stored", "c := make(chan int)\nhook = func() { c <- 1 }\n<-c // W", false},
	{"a literal that is returned", "c := make(chan int)\nstop := func() { close(c) }\ndefer keep(stop)\n<-c // W", false},
	{"a literal of which nobody needs to know", "c := make(chan int)\ngo func() { c <- 1 }()\n<-c\nhook = func() { work(cap(c)) }\n<-c // W", true},
	{"another variable of the name", "c := make(chan int)\ngo func() { c <- 1 }()\n<-c\nif c := make(chan int, 1); true {\nwork(c)\n}\n<-c // W", true},
	{"close is hidden", "c := make(chan int)\nclose := func(any) {}\nclose(c)\n<-c // W", false},
	{"two receives on the line", "c, d := make(chan int), other\n<-d; <-c // W", false},
	{"var", "var c = make(chan int, 3)\nc <- len(c)\n<-c\n<-c // W", true},
}

// servedText writes the source of one case and a dump of it.
func servedText(body string) (source, text string) {
	source = "package p\n\nfunc f(given chan int) {\n" + body + "\n}\n"
	text = "goroutine 1 [sleep]:\ntime.Sleep(0x1)\n\t/go/src/runtime/time.go:1 +0x1\np.main()\n\t/src/main.go:9 +0x1\n"
	for i, line := range strings.Split(source, "\n") {
		switch {
		case strings.HasSuffix(line, "// W"):
			text += fmt.Sprintf("\ngoroutine 7 [chan receive]:\np.f(0x1)\n\t/src/f.go:%d +0x1\ncreated by p.main in goroutine 1\n\t/src/main.go:5 +0x1\n", i+1)
		case strings.HasSuffix(line, "// S"):
			text += fmt.Sprintf("\ngoroutine 8 [sleep]:\ntime.Sleep(0x1)\n\t/go/src/runtime/time.go:1 +0x1\np.f.func1()\n\t/src/f.go:%d +0x1\n"+
				"created by p.f in goroutine 7\n\t/src/f.go:5 +0x1\n", i+1)
		}
	}
	return source, text
}

// TestServed: a goroutine that waits for a channel is accused only where by the source nobody else can touch the channel, and nobody who can comes to it.
func TestServed(t *testing.T) {
	for _, c := range served {
		source, text := servedText(c.body)
		d, err := dump.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		all := diagnose.Diagnose(d, diagnose.Options{Quiet: true, Source: func(file string) ([]byte, error) {
			if file != "/src/f.go" {
				return nil, errors.New("no such file")
			}
			return []byte(source), nil
		}})
		if said := slices.ContainsFunc(all, func(f finding.Finding) bool { return f.Kind == "no-peer" }); said != c.alone || len(all) > 0 != c.alone {
			t.Errorf("%s: accused %t, want %t\n%s\n%s", c.name, said, c.alone, source, texts(all))
		}
	}
}

// TestAgain: what was read from a program that went on is said only if further readings show it as well.
func TestAgain(t *testing.T) {
	i := slices.IndexFunc(kept(t), func(d said) bool { return d.name == "local-read-behind-wait" && d.form == "stack" })
	live := func() *dump.Dump {
		d, err := dump.Read(bytes.NewReader(kept(t)[i].text))
		if err != nil {
			t.Fatal(err)
		}
		d.Form, d.Moving = dump.FormLive, true
		return d
	}
	readings := 0
	same := func() (*dump.Dump, error) { readings++; return live(), nil }
	moved := func() (*dump.Dump, error) {
		if readings++; readings < 3 {
			return live(), nil
		}
		d := live()
		d.Goroutines = d.Goroutines[:2]
		return d, nil
	}
	for _, c := range []struct {
		name     string
		again    func() (*dump.Dump, error)
		said     bool
		readings int
	}{
		{"same", same, true, 3}, {"moved at last", moved, false, 3}, {"never", nil, false, 0},
		{"gone", func() (*dump.Dump, error) { return nil, errors.New("it has ended") }, false, 0},
	} {
		readings = 0
		all := diagnose.Diagnose(live(), diagnose.Options{Source: source, Quiet: true, Again: c.again})
		if len(all) > 0 != c.said || readings != c.readings {
			t.Errorf("%s: %d readings, found\n%s", c.name, readings, texts(all))
		}
	}
}
