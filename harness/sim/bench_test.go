package sim

import (
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// pingPong answers and keeps a timer.
type pingPong struct{ *Machine }

func (p pingPong) Receive(from string, msg any) {
	p.After(time.Second, "timeout")
	p.Send(from, ping{msg.(ping).N + 1})
}

func (p pingPong) Timer(string) {}

// BenchmarkEvents reports the price of an event: a message that arrives, is answered, and sets a timer anew.
func BenchmarkEvents(b *testing.B) {
	w := New(choice.New(1))
	defer w.Close()
	for _, name := range []string{"a", "b"} {
		w.Machine(name, func(m *Machine) Handler {
			if name == "a" {
				m.Send("b", ping{})
			}
			return pingPong{m}
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkClient reports the price of an event when a client waits for each answer: a coroutine is resumed every second event.
func BenchmarkClient(b *testing.B) {
	w := New(choice.New(1))
	defer w.Close()
	w.Machine("m", func(m *Machine) Handler { return pingPong{m} })
	p := w.Port("p")
	w.Go("p", func() {
		for {
			p.Send("m", ping{})
			p.Recv(time.Second)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		w.Step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkWorld reports the price of a whole small world: built, run for about 200 events, closed.
func BenchmarkWorld(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := New(choice.New(1))
		for _, n := range []string{"m0", "m1", "m2"} {
			w.Machine(n, bootEcho)
		}
		p := w.Port("p")
		w.Go("p", func() { chat(p) })
		for !w.Done() && w.Step() {
		}
		w.Close()
	}
}
