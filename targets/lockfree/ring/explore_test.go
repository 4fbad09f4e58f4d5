package ring

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/point"
)

// spin exceeds the longest way through an operation of a ring that waits for nobody.
const spin = 8

// state is the specification's queue: capacity and content, oldest first, in a form that can be passed by value.
type state struct {
	capacity, n int
	vals        [4]int64
}

// specify is the sequential specification of all operations, as a step function.
func specify(s state, c call) (state, bool) {
	switch c.name {
	case "put":
		if s.n == s.capacity {
			return s, c.res == [2]int64{0, 0}
		}
		s.vals[s.n] = c.arg
		s.n++
		return s, c.res == [2]int64{1, 0}
	case "get":
		if s.n == 0 {
			return s, c.res == [2]int64{0, 0}
		}
		v := s.vals[0]
		copy(s.vals[:], s.vals[1:])
		s.n--
		return s, c.res == [2]int64{1, v}
	default:
		return s, c.res == [2]int64{1, int64(s.n)}
	}
}

func flag(ok bool) int64 {
	if ok {
		return 1
	}
	return 0
}

func put(q queue, v int64) op {
	return op{"put", v, func() [2]int64 { return [2]int64{flag(q.TryPut(v)), 0} }}
}

func get(q queue) op {
	return op{"get", 0, func() [2]int64 { v, ok := q.TryGet(); return [2]int64{flag(ok), v} }}
}

func length(q queue) op {
	return op{"len", 0, func() [2]int64 { return [2]int64{1, int64(q.Len())} }}
}

// maker makes a ring or a twin.
type maker func(capacity int, at *point.Hook) queue

func makeRing(n int, at *point.Hook) queue { return New[int64](n, at) }

// program is a text such as "pp|gg": tasks separated by bars, each a list of puts, gets and lens. Puts are numbered. What stands before a
// colon is done in advance, by nobody.
func program(make maker, capacity int, text string) func(*point.Hook) [][]op {
	return func(at *point.Hook) [][]op {
		q := make(capacity, at)
		tasks, v := [][]op{nil}, int64(0)
		for _, c := range text {
			last := len(tasks) - 1
			switch c {
			case 'p':
				v++
				tasks[last] = append(tasks[last], put(q, v))
			case 'g':
				tasks[last] = append(tasks[last], get(q))
			case 'l':
				tasks[last] = append(tasks[last], length(q))
			case '|':
				tasks = append(tasks, nil)
			}
		}
		return tasks
	}
}

// judgeRing returns the check of an outcome against a queue of the capacity.
func judgeRing(capacity int) func(*outcome) error {
	return func(out *outcome) error { return explain(out, state{capacity: capacity}, specify) }
}

// TestEveryInterleaving runs small programs under all schedules, and larger ones under all schedules with few preemptions.
func TestEveryInterleaving(t *testing.T) {
	for _, c := range []struct {
		capacity int
		program  string
		bound    int // -1: every schedule
	}{
		{1, "p|g", -1}, {1, "p|p", -1}, {2, "g|g", -1}, {2, "pg|p", -1}, {1, "pg|g", -1}, {2, "pl|g", -1},
		{1, "pg|pg", 4}, {2, "pg|pg", 4}, {2, "pp|gg", 4}, {1, "pp|gg", 4}, {1, "pg|gp", 4}, {3, "ppg|gpg", 3},
		{2, "p|p|gg", 3}, {1, "p|g|pg", 3}, {2, "p|gp|gl", 3}, {2, "ppg|g|p", 3},
	} {
		bound := c.bound
		if raceEnabled || testing.Short() {
			bound = 2
		}
		runs, err := newScheduler(t, spin).explore(bound, program(makeRing, c.capacity, c.program), judgeRing(c.capacity))
		if err != nil {
			t.Errorf("capacity %d, %s: run %d: %v", c.capacity, c.program, runs, err)
		}
		t.Logf("capacity %d, %-8s bound %2d: %7d schedules", c.capacity, c.program, bound, runs)
	}
}
