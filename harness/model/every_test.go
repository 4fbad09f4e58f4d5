package model_test

import (
	"slices"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// every is a strategy that tries every schedule once, depth first: the reference for all others.
type every struct {
	path  []choice
	depth int
	begun bool
}

type choice struct{ taken, of int }

func (s *every) Begin(*sched.Exec, uint64) bool {
	s.depth = 0
	if !s.begun {
		s.begun = true
		return true
	}
	for n := len(s.path); n > 0; n-- {
		if c := &s.path[n-1]; c.taken+1 < c.of {
			c.taken++
			s.path = s.path[:n]
			return true
		}
	}
	return false
}

func (s *every) Pick(x *sched.Exec) int32 { return x.Enabled[s.next(len(x.Enabled))] }

func (s *every) Choose(x *sched.Exec, thread int32, n int) int { return s.next(n) }

// next takes one of n ways.
func (s *every) next(n int) int {
	if s.depth == len(s.path) {
		s.path = append(s.path, choice{0, n})
	}
	s.depth++
	return s.path[s.depth-1].taken
}

func (s *every) Started(*sched.Exec, int32)       {}
func (s *every) Ran(*sched.Exec, int32, sched.Op) {}
func (s *every) End(*sched.Exec, sched.Outcome)   {}

// engine returns an engine that is closed when the test ends.
func engine(t testing.TB, steps int) *Engine {
	e := New(Limits{Steps: steps})
	t.Cleanup(e.Close)
	return e
}

// outcomes runs every schedule of a program, which says what it saw, with several streams of data. It returns what was seen in any, sorted, with
// failures in words, and the number of schedules.
func outcomes(t *testing.T, p func(t *T) string) (seen []string, schedules int) {
	t.Helper()
	e := engine(t, 1000)
	for seed := range uint64(4) {
		s, saw := &every{}, ""
		for schedules = 0; ; schedules++ {
			saw = ""
			r := e.Run(func(t *T) { saw = p(t) }, s, seed)
			if r.Exhausted {
				break
			}
			if r.Outcome != sched.Passed {
				saw = r.Failure.String() + ": " + r.Message
			}
			seen = append(seen, saw)
			if schedules > 100_000 {
				t.Fatal("there is no end to the schedules")
			}
		}
	}
	slices.Sort(seen)
	return slices.Compact(seen), schedules
}

// TestAllInterleavings: two threads of two operations have 6 interleavings, and so on by the multinomial coefficients: starting, ending and joining
// multiply nothing.
func TestAllInterleavings(t *testing.T) {
	for _, c := range []struct{ threads, operations, want int }{{2, 1, 2}, {2, 2, 6}, {2, 3, 20}, {3, 2, 90}, {3, 3, 1680}, {4, 1, 24}} {
		_, n := outcomes(t, func(t *T) string {
			x := t.NewInt(0)
			var all []*Thread
			for range c.threads {
				all = append(all, t.Go("adder", func(t *T) {
					for range c.operations {
						x.Add(t, 1)
					}
				}))
			}
			for _, h := range all {
				t.Join(h)
			}
			return ""
		})
		if n != c.want {
			t.Errorf("%d threads with %d operations have %d interleavings, not %d", c.threads, c.operations, n, c.want)
		}
	}
}
