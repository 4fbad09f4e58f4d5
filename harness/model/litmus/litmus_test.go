package litmus

import (
	"maps"
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// interleavings is the reference: the outcomes of all interleavings, by recursion over who takes the next step. It shares nothing with the engine.
func interleavings(t *Test) map[string]bool {
	found := map[string]bool{}
	memory := map[string]int64{}
	at := make([]int, len(t.Threads))
	seen := make([]Outcome, len(t.Threads))
	var walk func()
	walk = func() {
		done := true
		for i, steps := range t.Threads {
			if at[i] == len(steps) {
				continue
			}
			done = false
			s := steps[at[i]]
			before, sight := memory[s.Word], seen[i]
			after, v := s.Value, before
			switch s.Do {
			case Load:
				after = before
			case Add:
				after = before + s.Value
				v = after
			}
			memory[s.Word] = after
			at[i]++
			if s.Do != Store {
				seen[i] = append(slices.Clone(sight), v)
			}
			walk()
			memory[s.Word], seen[i] = before, sight
			at[i]--
		}
		if done {
			o := slices.Concat(seen...)
			for _, w := range t.Final {
				o = append(o, memory[w])
			}
			found[o.String()] = true
		}
	}
	walk()
	return found
}

// outcomes runs a test under a strategy until nothing is left, and returns what it has reported and how many executions that took.
func outcomes(tb testing.TB, t *Test, s sched.Strategy) (map[string]bool, int) {
	e := model.New(model.Limits{})
	defer e.Close()
	found := map[string]bool{}
	sum := e.ExploreAll(t.Program(func(o Outcome) { found[o.String()] = true }), s, 1, 1_000_000)
	if !sum.Exhausted || sum.Failed > 0 {
		tb.Errorf("%s: exhausted %t, %d failures", t.Name, sum.Exhausted, sum.Failed)
	}
	return found, sum.Schedules
}

func sorted(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

func TestOutcomesAreThoseOfAllInterleavings(t *testing.T) {
	for _, test := range Tests {
		t.Run(test.Name, func(t *testing.T) {
			want := sorted(interleavings(test))
			if !slices.Equal(test.Outcomes, want) {
				t.Errorf("the table has %q, the interleavings %q", test.Outcomes, want)
			}
			d := sched.NewDPOR()
			got, n := outcomes(t, test, d)
			if !slices.Equal(sorted(got), want) || !d.Exhausted() {
				t.Errorf("reduction reaches %q of %q", sorted(got), want)
			}
			got, all := outcomes(t, test, sched.NewPB())
			if !slices.Equal(sorted(got), want) {
				t.Errorf("all schedules reach %q of %q", sorted(got), want)
			}
			t.Logf("%d outcomes, %d executions (%d given up) of %d schedules", len(want), n, d.Blocked(), all)
		})
	}
}

func TestForbiddenOutcomesAreOfTheirTests(t *testing.T) {
	for _, test := range Tests {
		if test.Forbidden == "" {
			continue
		}
		if slices.Contains(test.Outcomes, test.Forbidden) {
			t.Errorf("%s: the table allows what it forbids", test.Name)
		}
		if size := len(test.Outcomes[0]); len(test.Forbidden) != size {
			t.Errorf("%s: %q does not look like an outcome", test.Name, test.Forbidden)
		}
	}
}

// TestBuffersAreSeen proves that a forbidden outcome would be reported: with the store of each thread after its load, as a store buffer has it, it is there.
func TestBuffersAreSeen(t *testing.T) {
	buffered := &Test{Name: "SB, buffered", Threads: program{{R("y"), W("x", 1)}, {R("x"), W("y", 1)}}}
	if got, _ := outcomes(t, buffered, sched.NewDPOR()); !got["0 0"] {
		t.Errorf("only %q", sorted(got))
	}
}

func TestOutcomeIsText(t *testing.T) {
	if s := (Outcome{1, 0, 2}).String(); s != "1 0 2" {
		t.Error(s)
	}
}
