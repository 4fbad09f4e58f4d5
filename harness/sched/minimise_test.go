package sched_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// needs makes an oracle that fails for lists which hold all of the switches needed.
func needs(needed []Switch, asked *int) Oracle {
	return OneByOne(func(list []Switch) (bool, []Switch) {
		*asked++
		for _, s := range needed {
			if !slices.Contains(list, s) {
				return false, nil
			}
		}
		return true, slices.Clone(list)
	})
}

func noise(n int) []Switch {
	var all []Switch
	for i := range n {
		all = append(all, Switch{uint64(1 + i%7), 10 + i, uint64(1 + i%5)})
	}
	return all
}

func TestMinimiseFindsWhatIsNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := noise(rapid.IntRange(0, 200).Draw(t, "n"))
		var needed []Switch
		for _, s := range all {
			if rapid.IntRange(0, 30).Draw(t, "need") == 0 {
				needed = append(needed, s)
			}
		}
		asked := 0
		got := Minimise(all, needs(needed, &asked), Budget{Tests: 5000})
		if !got.Reproduced || !got.Minimal || !slices.Equal(got.Switches, needed) {
			t.Fatalf("got %v, want %v", got, needed)
		}
		if got.Tests != asked {
			t.Fatalf("%d tests counted, %d asked", got.Tests, asked)
		}
	})
}

// How many lists are asked for at a time changes neither the result nor the count, wherever the budget ends.
func TestMinimiseIsTheSameInBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := noise(rapid.IntRange(0, 60).Draw(t, "n"))
		kind := rapid.Uint64().Draw(t, "kind")
		oracle := func(lists [][]Switch) []Result { // any function of the list
			var all []Result
			for _, list := range lists {
				h := kind
				for _, s := range list {
					h = h*1099511628211 + s.After + uint64(s.Nth)*31 + s.To*77
				}
				all = append(all, Result{Fails: h>>20%3 == 0 || len(list) > 55, Changes: int(h >> 30 % 9), Actual: slices.Clone(list)})
			}
			return all
		}
		b := Budget{Tests: rapid.IntRange(1, 200).Draw(t, "tests")}
		one := Minimise(all, oracle, b)
		b.Batch = rapid.IntRange(2, 40).Draw(t, "batch")
		many := Minimise(all, oracle, b)
		if !reflect.DeepEqual(one, many) {
			t.Fatalf("one by one %+v\nin batches %+v", one, many)
		}
		if one.Tests > b.Tests {
			t.Fatalf("%d tests of %d", one.Tests, b.Tests)
		}
	})
}

func TestMinimiseWhatDoesNotFail(t *testing.T) {
	all := noise(3)
	got := Minimise(all, OneByOne(func([]Switch) (bool, []Switch) { return false, nil }), Budget{})
	if got.Reproduced || got.Minimal || !slices.Equal(got.Switches, all) || got.Tests != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestMinimiseWhatAlwaysFails(t *testing.T) {
	got := Minimise(noise(40), OneByOne(func(list []Switch) (bool, []Switch) { return true, list }), Budget{})
	if !got.Reproduced || !got.Minimal || len(got.Switches) != 0 || got.Tests != 2 {
		t.Errorf("got %+v", got)
	}
	got = Minimise(nil, OneByOne(func(list []Switch) (bool, []Switch) { return true, list }), Budget{})
	if !got.Reproduced || !got.Minimal || len(got.Switches) != 0 || got.Tests != 1 {
		t.Errorf("of nothing: got %+v", got)
	}
}

func TestMinimiseStops(t *testing.T) {
	asked, all := 0, noise(50)
	oracle := needs(all[3:30], &asked)
	got := Minimise(all, oracle, Budget{Stop: func() bool { return asked >= 7 }})
	if got.Minimal || !got.Reproduced || asked != 7 || got.Tests > 7 || len(got.Switches) < 27 {
		t.Errorf("asked %d: %+v", asked, got)
	}
}

// A buggy is a program of the machine that some schedules make fail.
type buggy struct {
	name   string
	code   [][]instr
	forced int // switches that a minimised failure needs at most
}

func instrs(all ...instr) []instr { return all }

// lost is the lost update: n threads of the kind read, then write.
func lost(n, rounds int) [][]instr {
	main := []instr{}
	for range n {
		main = append(main, instr{op: Op{Go, 1}})
	}
	var body []instr
	for range rounds {
		body = append(body,
			instr{Op{Read, 0}, func(m *machine, t *runner) { t.reg = m.vars[0] }},
			instr{Op{Write, 0}, func(m *machine, t *runner) {
				m.failed = m.failed || m.vars[0] != t.reg
				m.vars[0] = t.reg + 1
			}})
	}
	return [][]instr{main, body}
}

// philosophers deadlock if each takes one fork.
func philosophers(n int) [][]instr {
	code := [][]instr{{}}
	for i := range n {
		a, b := int32(i), int32((i+1)%n)
		code[0] = append(code[0], instr{op: Op{Go, int32(i + 1)}})
		code = append(code, instrs(instr{op: Op{Lock, a}}, instr{op: Op{Lock, b}}, instr{op: Op{Unlock, b}}, instr{op: Op{Unlock, a}}))
	}
	return code
}

// reordered fails if a checker comes between the two writes of one of n setters.
func reordered(n int) [][]instr {
	main := []instr{}
	for range n {
		main = append(main, instr{op: Op{Go, 1}})
	}
	main = append(main, instr{op: Op{Go, 2}})
	set := func(v int) func(*machine, *runner) { return func(m *machine, _ *runner) { m.vars[v] = 1 } }
	check := func(m *machine, _ *runner) { m.failed = m.vars[0] != m.vars[1] }
	return [][]instr{main,
		instrs(instr{Op{Write, 0}, set(0)}, instr{Op{Write, 1}, set(1)}),
		instrs(instr{op: Op{Read, 0}}, instr{Op{Read, 1}, check})}
}

// polling fails if a flag is seen by one poller before a timer has fired, which the other polls for.
func polling() [][]instr {
	until := func(v int) func(*machine, *runner) {
		return func(m *machine, t *runner) {
			if m.vars[v] == 0 {
				t.pc = 0
			}
		}
	}
	main := []instr{{op: Op{Go, 1}}, {op: Op{Go, 2}}, {op: Op{Go, 3}}}
	return [][]instr{main,
		instrs(instr{Op{Yield, NoObject}, until(0)}, instr{Op{Write, 1}, func(m *machine, _ *runner) { m.failed = m.vars[2] == 0 }}),
		instrs(instr{Op{Sleep, NoObject}, nil}, instr{Op{Write, 0}, func(m *machine, _ *runner) { m.vars[0] = 1 }}),
		instrs(instr{op: Op{Yield, NoObject}}, instr{op: Op{Yield, NoObject}}, instr{Op{Write, 2}, func(m *machine, _ *runner) { m.vars[2] = 1 }})}
}

var programs = []buggy{
	{"lost 2x1", lost(2, 1), 2}, {"lost 2x50", lost(2, 50), 2}, {"lost 8x10", lost(8, 10), 2},
	{"philosophers 2", philosophers(2), 2}, {"philosophers 3", philosophers(3), 3}, {"philosophers 5", philosophers(5), 5},
	{"reordered 3", reordered(3), 2}, {"reordered 5", reordered(5), 3}, {"polling", polling(), 2},
}

// replays makes an oracle of a program of the machine.
func replays(code [][]instr, limit int) Oracle {
	return func(lists [][]Switch) []Result {
		all := make([]Result, len(lists))
		for i, list := range lists {
			r := NewRecorder(NewReplay(list))
			_, outcome := execute(code, r, 0, limit)
			all[i] = Result{Fails: outcome == Failed, Actual: slices.Clone(r.Switches()), Changes: r.Changes()}
		}
		return all
	}
}

// Failures that a random walk found need hardly more switches than the bug.
func TestMinimisePrograms(t *testing.T) {
	for _, p := range programs {
		found := 0
		for seed := uint64(1); seed < 2000 && found < 10; seed++ {
			r := NewRecorder(&dice{})
			if _, outcome := execute(p.code, r, seed, 5000); outcome != Failed {
				continue
			}
			found++
			got := Minimise(slices.Clone(r.Switches()), replays(p.code, 5000), Budget{Batch: 4})
			if !got.Reproduced || !got.Minimal && got.Tests < 500 || len(got.Switches) > p.forced {
				t.Errorf("%s, seed %d: %d switches to %+v", p.name, seed, len(r.Switches()), got)
			}
			if testing.Verbose() {
				fmt.Println(p.name, len(r.Switches()), r.Changes(), len(got.Switches), got.Changes, got.Tests)
			}
		}
		if found == 0 {
			t.Errorf("%s: never failed", p.name)
		}
	}
}
