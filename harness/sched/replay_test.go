package sched_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// drawProgram draws programs that may end, deadlock or spin.
func drawProgram(t *rapid.T) [][]instr {
	n := rapid.IntRange(1, 5).Draw(t, "threads")
	code := make([][]instr, n)
	for i := range code {
		for range rapid.IntRange(0, 8).Draw(t, "length") {
			code[i] = append(code[i], drawInstr(t, i, n))
		}
	}
	return code
}

func drawInstr(t *rapid.T, self, n int) instr {
	kinds := []Kind{Lock, Unlock, Read, Write, Yield, Sleep, Point}
	if self+1 < n {
		kinds = append(kinds, Go, Go)
	}
	op := Op{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Object: int32(rapid.IntRange(0, 2).Draw(t, "object"))}
	switch op.Kind {
	case Go:
		op.Object = int32(rapid.IntRange(self+1, n-1).Draw(t, "child"))
	case Yield, Sleep:
		op.Object = NoObject
	case Point:
		back := rapid.IntRange(0, 3).Draw(t, "back")
		return instr{op, func(_ *machine, t *runner) { // a loop of a few turns
			if t.reg++; t.reg < 4 {
				t.pc = max(0, t.pc-back)
			}
		}}
	}
	return instr{op: op}
}

// The replay of what was recorded takes the same way, and recording it again gives the same list.
func TestReplayOfRecordIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawProgram(t)
		first := NewRecorder(&dice{})
		a, how := execute(code, first, rapid.Uint64().Draw(t, "seed"), 400)
		switches := slices.Clone(first.Switches())

		replay := NewReplay(switches)
		again := NewRecorder(replay)
		b, how2 := execute(code, again, 99, 400)
		if !slices.Equal(a.trace, b.trace) || how != how2 {
			t.Fatalf("replay differs\n%v %v\n%v %v\nswitches %v", a.trace, how, b.trace, how2, switches)
		}
		if d := replay.Diverged(); len(d) > 0 {
			t.Fatalf("diverged: %v", d)
		}
		if !slices.Equal(switches, again.Switches()) || first.Changes() != again.Changes() {
			t.Fatalf("recorded again: %v, first %v", again.Switches(), switches)
		}
	})
}

// Any list of switches can be followed: the replay says what it could not do, and a recording of it is a shorter way to say the same.
func TestReplayOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawProgram(t)
		first := NewRecorder(&dice{})
		a, _ := execute(code, first, rapid.Uint64().Draw(t, "seed"), 200)
		var switches []Switch
		for _, s := range first.Switches() {
			if rapid.Bool().Draw(t, "keep") {
				s.Nth += rapid.SampledFrom([]int{0, 0, 0, 1, -1}).Draw(t, "move")
				s.To = a.x.Threads[rapid.IntRange(0, len(a.x.Threads)-1).Draw(t, "to")].Key
				switches = append(switches, s)
			}
		}
		replay := NewReplay(switches)
		again := NewRecorder(replay)
		b, _ := execute(code, again, 1, 200)
		if n := len(again.Switches()) + len(replay.Diverged()); n > len(switches) {
			t.Fatalf("%d switches became %v, diverged %v", len(switches), again.Switches(), replay.Diverged())
		}
		third := NewReplay(slices.Clone(again.Switches()))
		c, _ := execute(code, third, 1, 200)
		if !slices.Equal(b.trace, c.trace) || len(third.Diverged()) > 0 {
			t.Fatalf("%v\n%v\n%v", b.trace, c.trace, third.Diverged())
		}
	})
}

// two threads that count, and a main thread that starts them and ends.
var two = [][]instr{
	{{op: Op{Go, 1}}, {op: Op{Go, 2}}},
	{{op: Op{Lock, 0}}, {op: Op{Write, 1}}, {op: Op{Unlock, 0}}},
	{{op: Op{Lock, 0}}, {op: Op{Write, 1}}, {op: Op{Unlock, 0}}},
}

func TestDiverged(t *testing.T) {
	const main, one, other = 7, 7*31 + 1, 7*31 + 2
	for _, c := range []struct {
		name   string
		s      Switch
		reason Reason
	}{
		{"no such thread", Switch{99, 1, main}, Unreached},
		{"too few operations", Switch{one, 77, main}, Unreached},
		{"nothing to choose", Switch{main, 1, one}, NoChoice},
		{"no such target", Switch{main, 2, 99}, UnknownTo},
		{"target waits", Switch{main, 2, other}, UnknownTo},
		{"target holds nothing up", Switch{one, 1, other}, 0},
	} {
		replay := NewReplay([]Switch{c.s})
		execute(two, replay, 0, 100)
		d := replay.Diverged()
		if c.reason == 0 && len(d) == 0 {
			continue
		}
		if len(d) != 1 || d[0] != (Divergence{0, c.s, c.reason}) {
			t.Errorf("%s: %v", c.name, d)
		}
	}
}

func TestDivergedDisabledAndSecondPlace(t *testing.T) {
	const main, one, other = 7, 7*31 + 1, 7*31 + 2
	// one takes the lock, main starts other, and other waits for the lock
	given := []Switch{{main, 2, one}, {one, 2, main}, {main, 3, other}, {other, 1, other}, {one, 2, other}}
	replay := NewReplay(given)
	m, outcome := execute(two, replay, 0, 100)
	want := []Divergence{{3, given[3], DisabledTo}, {4, given[4], SecondPlace}}
	if d := replay.Diverged(); outcome != Passed || !slices.Equal(d, want) {
		t.Errorf("%v: %v, trace %v", outcome, d, m.trace)
	}
	for r := Unreached; r < 9; r++ {
		if r.String() == "" {
			t.Errorf("reason %d has no words", r)
		}
	}
}

// The default rule ends where threads poll, with and without asking for others, for another thread and for the clock.
func TestDefaultRuleIsFair(t *testing.T) {
	poll := func(_ *machine, t *runner) {}
	until := func(m *machine, t *runner) {
		if m.vars[0] == 0 {
			t.pc = 0
		}
	}
	set := func(m *machine, _ *runner) { m.vars[0] = 1 }
	for name, code := range map[string][][]instr{
		"yield":      {{{op: Op{Go, 1}}, {op: Op{Go, 2}}}, {{Op{Read, 0}, poll}, {Op{Yield, NoObject}, until}}, {{Op{Write, 0}, set}}},
		"no yield":   {{{op: Op{Go, 1}}, {op: Op{Go, 2}}}, {{Op{Read, 0}, until}}, {{Op{Write, 0}, set}}},
		"many yield": {{{op: Op{Go, 1}}, {op: Op{Go, 1}}, {op: Op{Go, 2}}}, {{Op{Yield, NoObject}, until}}, {{op: Op{Point, 3}}, {Op{Write, 0}, set}}},
		"clock":      {{{op: Op{Go, 1}}, {op: Op{Go, 2}}}, {{Op{Yield, NoObject}, until}}, {{op: Op{Sleep, NoObject}}, {Op{Write, 0}, set}}},
	} {
		if m, outcome := execute(code, NewReplay(nil), 0, 20_000); outcome != Passed {
			t.Errorf("%s: outcome %d after %d steps", name, outcome, len(m.trace))
		}
	}
}

// The clock does not run by default while somebody can go on.
func TestClockRunsLast(t *testing.T) {
	code := [][]instr{
		{{op: Op{Go, 1}}, {op: Op{Write, 0}}, {op: Op{Write, 0}}},
		{{op: Op{Sleep, NoObject}}, {op: Op{Sleep, NoObject}}},
	}
	m, _ := execute(code, NewReplay(nil), 0, 100)
	if want := []int32{0, 0, 0, 0, 0, 2, 2, 1, 2, 1, 2}; !slices.Equal(m.trace, want) {
		t.Errorf("trace %v, want %v", m.trace, want)
	}
}

// Once its memory has grown, a recorded replay allocates nothing.
func TestReplayAllocatesNothing(t *testing.T) {
	var x Exec
	x.Threads = []Thread{{Key: 7, Live: true}, {Key: 8, Live: true}}
	x.Enabled = []int32{0, 1}
	var list []Switch
	for i := range 50 {
		list = append(list, Switch{7, i, 8}, Switch{8, i, 7})
	}
	replay := NewReplay(list)
	r := NewRecorder(replay)
	one := func() {
		x.Current, x.Threads[0].Ops, x.Threads[1].Ops = -1, 0, 0
		r.Begin(&x, 1)
		for range 100 {
			t := r.Pick(&x)
			x.Current = t
			x.Threads[t].Ops++
			r.Ran(&x, t, Op{Write, 0})
		}
		r.End(&x, Passed)
	}
	one()
	if n := testing.AllocsPerRun(20, one); n != 0 {
		t.Errorf("%v allocations a schedule", n)
	}
}
