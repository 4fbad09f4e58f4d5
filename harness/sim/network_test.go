package sim

import (
	"slices"
	"testing"
	"time"
)

// deliver sends n numbers from one machine to another and returns them in the order of arrival, with the times of travel.
func deliver(t *testing.T, seed uint64, c Config, n int, prepare func(*World)) (got []int, took []time.Duration) {
	w := world(t, seed)
	w.Configure(c)
	w.Machine("to", func(*Machine) Handler {
		return handler{receive: func(_ string, msg any) { got, took = append(got, msg.(int)), append(took, w.Time()-time.Second) }}
	})
	w.Machine("from", func(m *Machine) Handler {
		m.After(time.Hour, "never")
		return handler{}
	})
	if prepare != nil {
		prepare(w)
	}
	w.After(time.Second, func() {
		for i := range n {
			w.send(w.host("from"), w.host("to"), i)
		}
	})
	run(t, w)
	return got, took
}

func TestDelay(t *testing.T) {
	got, took := deliver(t, 1, Config{MinDelay: 5 * time.Millisecond, MaxDelay: 7 * time.Millisecond}, 100, nil)
	if len(got) != 100 || slices.IsSorted(got) {
		t.Errorf("%d messages of 100 arrived; in the order of sending: %v", len(got), slices.IsSorted(got))
	}
	if low, high := slices.Min(took), slices.Max(took); low < 5*time.Millisecond || high > 7*time.Millisecond || high-low < time.Millisecond {
		t.Errorf("messages travelled from %v to %v", low, high)
	}
}

func TestOrdered(t *testing.T) {
	if got, _ := deliver(t, 1, Config{Ordered: true, MaxDelay: time.Second}, 100, nil); len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("order of arrival: %v", got)
	}
}

func TestFilter(t *testing.T) {
	var remove func()
	got, took := deliver(t, 1, Config{}, 6, func(w *World) {
		remove = w.Filter(func(p *Packet) {
			switch p.Body {
			case 0:
				p.Drop = true
			case 1:
				p.Copies = 2
			case 2:
				p.Delay = time.Minute
			case 3:
				remove()
			case 4:
				t.Error("a removed filter is asked")
			}
		})
	})
	slices.Sort(got)
	if !slices.Equal(got, []int{1, 1, 1, 2, 3, 4, 5}) || slices.Max(took) < time.Minute {
		t.Errorf("got %v, the last after %v", got, slices.Max(took))
	}
}

func TestBlock(t *testing.T) {
	block := func(w *World) { w.Block("from", "to"); w.Block("from", "to"); w.Block("to", "from") }
	if got, _ := deliver(t, 1, Config{}, 3, block); len(got) != 0 {
		t.Errorf("%v went over a cut link", got)
	}
	once := func(w *World) { block(w); w.Unblock("from", "to") }
	if got, _ := deliver(t, 1, Config{}, 3, once); len(got) != 0 {
		t.Errorf("%v went over a link that is still cut once", got)
	}
	twice := func(w *World) { once(w); w.Unblock("from", "to") }
	if got, _ := deliver(t, 1, Config{}, 3, twice); len(got) != 3 {
		t.Errorf("%d of 3 messages arrived after the link was mended, in spite of the other direction", len(got))
	}
}

func TestMessagesToTheDead(t *testing.T) {
	got, _ := deliver(t, 1, Config{}, 3, func(w *World) {
		w.After(900*time.Millisecond, func() { w.Crash("to") })
		w.After(5*time.Second, func() { w.Restart("to") })
	})
	if len(got) != 0 {
		t.Errorf("a machine that was down got %v", got)
	}
}

func TestPort(t *testing.T) {
	w := world(t, 1)
	a, b := w.Port("a"), w.Port("b")
	w.Go("a", func() {
		for i := range 4 {
			a.Send("b", i)
			a.Sleep(100 * time.Millisecond)
		}
	})
	client(t, w, func() {
		if _, ok := b.Recv(0); ok {
			t.Error("something has arrived at once")
		}
		if m, ok := b.Recv(Forever); !ok || m.From != "a" || m.Body != 0 {
			t.Errorf("first came %v %v", m, ok)
		}
		start := w.Time()
		if _, ok := b.Recv(20 * time.Millisecond); ok || w.Time()-start < 19*time.Millisecond || w.Time()-start > 21*time.Millisecond {
			t.Errorf("a timeout of 20ms took %v, and found something: %v", w.Time()-start, ok)
		}
		if m, ok := b.Await(time.Second, func(m Message) bool { return m.Body == 2 }); !ok || m.Body != 2 {
			t.Errorf("waited for 2, came %v %v", m, ok)
		}
		if m, ok := b.Await(50*time.Millisecond, func(Message) bool { return true }); ok {
			t.Errorf("waited 50ms, came %v", m)
		}
		b.Sleep(time.Second)
		if m, ok := b.Recv(0); !ok || m.Body != 3 {
			t.Errorf("after a sleep: %v %v", m, ok)
		}
	})
}

func TestDeadlockIsSeen(t *testing.T) {
	w := world(t, 1)
	p := w.Port("p")
	w.Go("waiter", func() { p.Recv(Forever) })
	run(t, w)
	if list := w.Waiting(); w.Done() || len(list) != 1 || list[0] != "waiter waits for a message to p" {
		t.Errorf("done %v, waiting %q", w.Done(), list)
	}
}

// TestClosedWorldLeavesNothing: a client that waits for ever is unwound, and its deferred functions run.
func TestClosedWorldLeavesNothing(t *testing.T) {
	w := world(t, 1)
	p := w.Port("p")
	unwound := false
	w.Go("p", func() {
		defer func() { unwound = true }()
		p.Recv(Forever)
	})
	w.Go("never started", func() { t.Error("ran") })
	w.Step()
	if w.procs[0].parked == 0 {
		w.Step()
	}
	w.Close()
	if w.procs[0].parked > 0 && !unwound {
		t.Error("the client was not unwound")
	}
	if w.Step() {
		t.Error("a closed world goes on")
	}
}

func TestTiesAreBroken(t *testing.T) {
	first := map[string]bool{}
	for seed := range uint64(50) {
		w := world(t, seed)
		winner := ""
		for _, name := range []string{"a", "b"} {
			w.After(time.Second, func() {
				if winner == "" {
					winner = name
				}
			})
		}
		run(t, w)
		first[winner] = true
	}
	if len(first) != 2 {
		t.Errorf("of two events at one moment always the same comes first: %v", first)
	}
}
