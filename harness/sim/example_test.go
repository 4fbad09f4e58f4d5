package sim_test

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// A counter is a machine that counts what it is told, and remembers it over a crash.
type counter struct {
	*sim.Machine
	n int
}

// boot starts a counter with what is on its disk.
func boot(m *sim.Machine) sim.Handler { return &counter{m, sim.Load[int](m.Disk(), "n")} }

// Receive counts, and answers only when the count is safe.
func (c *counter) Receive(from string, _ any) {
	c.n++
	c.Disk().Put("n", c.n)
	c.Disk().Sync()
	c.Send(from, c.n)
}

// Timer is never called, because no timer is set.
func (c *counter) Timer(string) {}

// A client counts three times, with a crash of the machine in between. An hour passes in no time.
func Example() {
	w := sim.New(choice.New(1))
	defer w.Close()
	w.Machine("counter", boot)
	p := w.Port("client")
	w.Go("client", func() {
		for range 3 {
			p.Send("counter", "more")
			m, ok := p.Recv(time.Second)
			fmt.Println(m.Body, ok)
			p.Sleep(time.Hour)
		}
	})
	w.After(30*time.Minute, func() { w.Crash("counter") })
	w.After(90*time.Minute, func() { w.Restart("counter") })
	for w.Step() {
	}
	fmt.Println(w.Done(), w.Time() > 2*time.Hour)
	// Output:
	// 1 true
	// <nil> false
	// 2 true
	// true true
}
