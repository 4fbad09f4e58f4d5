package sim

import (
	"strings"
	"testing"
	"time"
)

func TestSequence(t *testing.T) {
	var log []Line
	for i := range 100 {
		l := Line{At: time.Duration(i) * time.Millisecond, Host: "b", From: "a", Kind: "message", Text: "m{}"}
		switch i {
		case 10:
			l = Line{At: l.At, Host: "a", Kind: "fault", Text: "crashes"}
		case 96:
			l.Kind, l.Text = "lost", "m{} is lost"
		case 98:
			l = Line{At: l.At, Host: "a", Text: "timer t"}
		}
		log = append(log, l)
	}
	want := `            ... 10 lines
    0.0100s  * a crashes
            ... 85 lines
    0.0960s  a -x b  m{} is lost
    0.0970s  a -> b  m{}
    0.0980s  a: timer t
    0.0990s  a -> b  m{}
`
	if got := Sequence(log, 4); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Sequence(log[:4], 4); strings.Count(got, "\n") != 4 || strings.Contains(got, "...") {
		t.Errorf("a short log is cut:\n%s", got)
	}
}

func TestLogOfAStory(t *testing.T) {
	w := world(t, 1)
	w.Configure(Config{MinDelay: time.Millisecond, MaxDelay: time.Millisecond})
	w.Machine("m", func(m *Machine) Handler { return handler{receive: func(from string, msg any) { m.Send(from, msg) }} })
	p := w.Port("p")
	client(t, w, func() {
		p.Sleep(time.Second)
		p.Send("m", ping{1})
		p.Recv(time.Second)
		w.Crash("m")
		p.Send("m", 2)
		w.Block("p", "m")
		p.Send("m", "text")
		p.Sleep(time.Second)
	})
	got := text(w.Log())
	for _, want := range []string{"m: boots\n", "p -> m  ping{N:1}  (1.0 ms)\n", "m -> p  ping{N:1}  (1.0 ms)\n", "* m crashes;", "p -x m  int(2) finds it down\n", "p -x m  string(text) is cut off\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}
