package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// ping is the message of the little machines of these tests.
type ping struct{ N int }

// echo answers every message, counts in memory and on disk, and has a timer that says so.
type echo struct {
	*Machine
	memory int
}

func bootEcho(m *Machine) Handler {
	m.After(50*time.Millisecond, "beat")
	return &echo{Machine: m}
}

func (e *echo) Receive(from string, msg any) {
	e.memory++
	e.Disk().Put("count", Load[int](e.Disk(), "count")+1)
	if e.Rand().IntN(2) == 0 {
		e.Disk().Sync()
	}
	e.Send(from, ping{msg.(ping).N + 1})
}

func (e *echo) Timer(string) {
	e.Logf("beats at %v after %d", e.Now(), e.memory)
	e.After(50*time.Millisecond, "beat")
}

// storm is a run with a bit of everything; it returns its log.
func storm(seed uint64) string {
	w := New(choice.New(seed))
	defer w.Close()
	w.Configure(Config{Drift: 50_000})
	w.Record()
	for i := range 3 {
		w.Machine(fmt.Sprint("m", i), bootEcho)
	}
	for i := range 2 {
		p := w.Port(fmt.Sprint("p", i))
		w.Go(p.Name(), func() { chat(p) })
	}
	fate := choice.New(seed + 1)
	w.Filter(func(p *Packet) { p.Drop, p.Copies = fate.Chance(0.1), fate.Intn(2) })
	w.After(100*time.Millisecond, func() { w.Crash("m0"); w.Pause("p1"); w.Block("p0", "m1"); w.SetDrift("m2", -50_000) })
	w.After(250*time.Millisecond, func() { w.Restart("m0"); w.Resume("p1"); w.Unblock("p0", "m1"); w.ShiftWall("m2", time.Hour) })
	for !w.Done() && w.Step() && w.Steps() < 5000 {
	}
	return text(w.Log())
}

// chat talks to each machine in turn.
func chat(p *Port) {
	for n := range 30 {
		p.Send(fmt.Sprint("m", n%3), ping{n})
		if m, ok := p.Recv(20 * time.Millisecond); ok {
			p.Logf("hears %v from %s", m.Body, m.From)
		}
		p.Sleep(time.Duration(p.Rand().IntN(5)) * time.Millisecond)
	}
}

func text(log []Line) string {
	var b strings.Builder
	for _, l := range log {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// world returns an empty recorded world that is closed when the test ends.
func world(t *testing.T, seed uint64) *World {
	w := New(choice.New(seed))
	w.Record()
	t.Cleanup(w.Close)
	return w
}

// run lets everything happen, up to a bound.
func run(t *testing.T, w *World) {
	t.Helper()
	for w.Steps() < 10_000 && w.Step() {
	}
	if f := w.Failure(); f != nil {
		t.Fatalf("panic on %s: %v\n%s", f.Host, f.Value, f.Stack)
	}
}

// client runs f as a client and lets the world run until it has ended.
func client(t *testing.T, w *World, f func()) {
	t.Helper()
	w.Go("test", f)
	for !w.Done() {
		if w.Steps() > 100_000 || !w.Step() {
			t.Fatalf("the client does not end: %v %v\n%s", w.Waiting(), w.Failure(), text(w.Log()))
		}
	}
}

// handler is a machine made of two functions.
type handler struct {
	receive func(from string, msg any)
	timer   func(name string)
}

func (h handler) Receive(from string, msg any) {
	if h.receive != nil {
		h.receive(from, msg)
	}
}

func (h handler) Timer(name string) {
	if h.timer != nil {
		h.timer(name)
	}
}
