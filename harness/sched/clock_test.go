package sched

import "testing"

// TestClock: in half of the executions the clock does not run while others can, in the others it does at the rates that are promised.
func TestClock(t *testing.T) {
	for _, s := range []Strategy{NewRW(), NewPCT(3), NewPOS(), NewURW(), NewSURW(), NewPortfolio()} {
		still, ticks, decisions := 0, 0, 0
		for i := range 800 {
			x := &Exec{Enabled: []int32{0, 1, 2}, Current: -1}
			s.Begin(x, Seed(1, i))
			for n, key := range []uint64{RootKey, ClockKey, 7} {
				x.Threads = append(x.Threads, Thread{Key: key, Parent: -1, Live: true, Next: Op{Point, NoObject}})
				s.Started(x, int32(n))
			}
			n := 0
			for range 100 {
				p := s.Pick(x)
				if p == 1 {
					n++
				}
				x.Threads[p].Ops++
				s.Ran(x, p, x.Threads[p].Next)
			}
			decisions += 100
			if ticks += n; n == 0 {
				still++
			}
			s.End(x, CutOff)
		}
		// Of the executions at one in 64, some have no tick in 100 decisions either.
		if still < 400 || still > 500 {
			t.Errorf("%T: in %d of 800 executions time stands still", s, still)
		}
		if want := float64(decisions) * (2.0/64 + 1.0/16 + 1.0/4) / 8; float64(ticks) < 0.8*want || float64(ticks) > 1.2*want {
			t.Errorf("%T: %d ticks, want %.0f", s, ticks, want)
		}
	}
}

// TestClockAlone: with one other thread, that one runs or the clock does.
func TestClockAlone(t *testing.T) {
	s := NewPCT(3)
	x := &Exec{Enabled: []int32{0, 1}, Threads: []Thread{{Key: RootKey, Parent: -1}, {Key: ClockKey, Parent: -1}}}
	s.Begin(x, 1)
	s.Started(x, 0)
	s.Started(x, 1)
	for range 100 {
		if p := s.Pick(x); p != 0 && p != 1 {
			t.Fatalf("picked %d", p)
		}
	}
}
