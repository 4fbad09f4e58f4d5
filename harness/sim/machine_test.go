package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTimersRingByTheirOwnClock(t *testing.T) {
	w := world(t, 1)
	w.Configure(Config{Drift: 100_000})
	rang := map[string]time.Duration{}
	for _, name := range []string{"fast", "slow"} {
		w.Machine(name, func(m *Machine) Handler {
			m.After(time.Second, "due")
			m.After(time.Second, "cancelled")
			m.Cancel("cancelled")
			m.After(time.Hour, "due again")
			m.After(2*time.Second, "due again") // replaces
			return handler{timer: func(timer string) { rang[name+" "+timer] = w.Time() }}
		})
	}
	w.SetDrift("fast", 100_000)
	w.SetDrift("slow", -100_000)
	run(t, w)
	want := map[string]float64{"fast due": 1 / 1.1, "slow due": 1 / 0.9, "fast due again": 2 / 1.1, "slow due again": 2 / 0.9}
	if len(rang) != len(want) {
		t.Fatalf("rang: %v", rang)
	}
	for name, seconds := range want {
		if off := rang[name].Seconds() - seconds; off < 0 || off > 1e-6 {
			t.Errorf("%s rang at %v, want %v", name, rang[name], seconds)
		}
	}
}

// TestTimerNeverEarly slows a clock down while a timer runs.
func TestTimerNeverEarly(t *testing.T) {
	w := world(t, 1)
	w.Configure(Config{Drift: 100_000})
	var set, rang time.Duration
	w.Machine("m", func(m *Machine) Handler {
		set = m.Now()
		m.After(time.Second, "t")
		return handler{timer: func(string) { rang = m.Now() }}
	})
	w.SetDrift("m", 100_000)
	w.After(500*time.Millisecond, func() { w.SetDrift("m", -100_000) })
	run(t, w)
	if rang-set < time.Second || rang-set > time.Second+time.Microsecond {
		t.Errorf("rang after %v of its clock, want 1s", rang-set)
	}
}

func TestCrashLosesAllButTheDisk(t *testing.T) {
	w := world(t, 3)
	boots, rang := 0, 0
	var found []any
	w.Machine("m", func(m *Machine) Handler {
		boots++
		v, ok := m.Disk().Get("k")
		found = append(found, v, ok)
		m.Disk().Put("k", boots)
		m.Disk().Sync()
		if boots == 1 {
			m.After(time.Second, "of the first life")
		}
		return handler{timer: func(string) { rang++ }}
	})
	w.After(100*time.Millisecond, func() { w.Crash("m"); w.Crash("m") })
	w.After(200*time.Millisecond, func() { w.Restart("m"); w.Restart("m") })
	w.After(300*time.Millisecond, func() { w.Restart("m") })
	run(t, w)
	if boots != 2 || rang != 0 || fmt.Sprint(found) != "[<nil> false 1 true]" {
		t.Errorf("%d boots, %d timers of a dead machine, found %v", boots, rang, found)
	}
}

// TestUnsyncedWrites crashes a machine under many seeds: of each key a prefix of the writes survives, and all that was synced.
func TestUnsyncedWrites(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		w := world(t, seed)
		boots := 0
		w.Machine("m", func(m *Machine) Handler {
			d := m.Disk()
			if boots++; boots == 2 {
				seen[fmt.Sprint(d.Keys(), Load[int](d, "a"), Load[int](d, "b"))] = true
				return handler{}
			}
			d.Put("a", 1)
			d.Put("gone", 1)
			d.Delete("gone")
			d.Sync()
			d.Put("a", 2)
			d.Put("b", 1)
			d.Put("a", 3)
			return handler{}
		})
		w.After(time.Second, func() { w.Crash("m"); w.Restart("m") })
		run(t, w)
	}
	var got []string
	for s := range seen {
		got = append(got, s)
	}
	slices.Sort(got)
	want := "[[a b] 1 1|[a b] 2 1|[a b] 3 1|[a] 1 0|[a] 2 0|[a] 3 0]"
	if s := "[" + strings.Join(got, "|") + "]"; s != want {
		t.Errorf("survivors %s, want %s", s, want)
	}
}

// TestCrashAtSync cuts a step: what it sent before is under way, what it wrote is not durable, what follows does not happen.
func TestCrashAtSync(t *testing.T) {
	w := world(t, 1)
	after := false
	var heard []any
	w.Machine("m", func(m *Machine) Handler {
		return handler{receive: func(from string, msg any) {
			m.Send(from, "before")
			m.Disk().Sync()
			m.Send(from, "after")
			after = true
		}}
	})
	p := w.Port("p")
	w.CrashAtSync("m")
	client(t, w, func() {
		for range 3 {
			p.Send("m", "go")
			if m, ok := p.Recv(time.Second); ok {
				heard = append(heard, m.Body)
			}
		}
	})
	if after || len(heard) != 1 || heard[0] != "before" || w.Up("m") {
		t.Errorf("heard %v, went on: %v, up: %v", heard, after, w.Up("m"))
	}
}

// TestCrashInTheMiddleOfAStep crashes a machine from a filter, while it sends.
func TestCrashInTheMiddleOfAStep(t *testing.T) {
	w := world(t, 1)
	sent := 0
	w.Machine("m", func(m *Machine) Handler {
		for i := range 3 {
			m.Send("n", i)
		}
		t.Error("the step went on")
		return handler{}
	})
	w.Machine("n", func(*Machine) Handler { return handler{receive: func(string, any) { sent++ }} })
	w.Filter(func(p *Packet) {
		if p.Body == 1 {
			w.Crash("m")
		}
	})
	run(t, w)
	if sent != 1 || w.Up("m") {
		t.Errorf("%d messages arrived, want 1", sent)
	}
}

func TestPause(t *testing.T) {
	w := world(t, 1)
	var at []time.Duration
	w.Machine("m", func(m *Machine) Handler {
		m.After(time.Second, "t")
		return handler{timer: func(string) { at = append(at, w.Time()) }}
	})
	p := w.Port("p")
	var woke time.Duration
	w.Go("p", func() { p.Sleep(time.Second); woke = w.Time() })
	w.After(500*time.Millisecond, func() { w.Pause("m"); w.Pause("p"); w.Pause("p") })
	w.After(3*time.Second, func() { w.Resume("m"); w.Resume("p"); w.Resume("p") })
	run(t, w)
	if len(at) != 1 || at[0] != 3*time.Second || woke != 3*time.Second {
		t.Errorf("the timer rang at %v, the client woke at %v, want both at 3s", at, woke)
	}
}

func TestClocks(t *testing.T) {
	w := world(t, 1)
	w.Configure(Config{Drift: 50_000, Tempo: time.Second})
	p := w.Port("p")
	w.SetDrift("p", 50_000)
	client(t, w, func() {
		now, wall, start := p.Now(), p.Wall(), w.Time()
		w.ShiftWall("p", time.Hour)
		p.Sleep(1050 * time.Millisecond)
		if d := w.Time() - start; d < time.Second || d > time.Second+time.Microsecond {
			t.Errorf("1.05s of a fast clock took %v", d)
		}
		if d := p.Now() - now; d < 1050*time.Millisecond || d > 1050*time.Millisecond+time.Microsecond {
			t.Errorf("the clock showed %v more", d)
		}
		if d := p.Wall() - wall - time.Hour; d < 1050*time.Millisecond || d > 1050*time.Millisecond+time.Microsecond {
			t.Errorf("the time of day showed an hour and %v more", d)
		}
	})
}

// TestClockArithmetic compares the clock with rational arithmetic over wide spans.
func TestClockArithmetic(t *testing.T) {
	for _, ppm := range []int{-200_000, -20_000, -1, 0, 1, 20_000, 200_000} {
		c := clock{ppm: ppm}
		for d := time.Duration(1); d < 100*time.Hour; d = d*3 + 1 {
			span := c.span(d)
			if got := c.read(span); got < d || got > d+2 {
				t.Fatalf("ppm %d: after the span of %d the clock shows %d", ppm, d, got)
			}
		}
	}
	c := clock{ppm: -1}
	if c.span(Forever) != Forever || c.span(0) != 0 || c.span(-1) != 0 {
		t.Error("the spans of forever and never are wrong")
	}
}

func TestMonotonicClockStartsAnywhereAtBoot(t *testing.T) {
	w := world(t, 5)
	var now, wall []time.Duration
	w.Machine("m", func(m *Machine) Handler {
		now, wall = append(now, m.Now()), append(wall, m.Wall())
		return handler{}
	})
	w.After(time.Second, func() { w.Crash("m"); w.Restart("m") })
	run(t, w)
	if d := now[1] - now[0]; d > 0 && d < 2*time.Second {
		t.Errorf("the monotonic clock went on over a boot: %v", now)
	}
	if d := wall[1] - wall[0]; d < 990*time.Millisecond || d > 1010*time.Millisecond {
		t.Errorf("the time of day did not go on over a boot: %v", wall)
	}
}

func TestPanicAndSpin(t *testing.T) {
	for name, f := range map[string]func(*Machine){
		"boom": func(*Machine) { panic("boom") },
		"a step does not end": func(m *Machine) {
			for {
				m.Now()
			}
		},
		"blocks":  func(m *Machine) { m.world.Port("p").Recv(1) },
		"no host": func(m *Machine) { m.Send("nobody", 1) },
	} {
		w := world(t, 1)
		w.Machine("m", func(m *Machine) Handler { f(m); return handler{} })
		for w.Step() {
		}
		v := w.Failure()
		if v == nil || v.Host != "m" || !strings.Contains(fmt.Sprint(v.Value), name) || !strings.Contains(v.Stack, "machine_test.go") {
			t.Errorf("%s: failure %+v", name, v)
		}
	}
}
