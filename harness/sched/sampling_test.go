package sched_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// walk is a strategy that tries every schedule once, depth first, and knows how likely each is under fair coins.
type walk struct {
	path  [][2]int // taken, of
	depth int
	begun bool
}

func (s *walk) Begin(*Exec, uint64) bool {
	s.depth = 0
	for n := len(s.path); n > 0; n-- {
		if c := &s.path[n-1]; c[0]+1 < c[1] {
			c[0]++
			s.path = s.path[:n]
			return true
		}
	}
	defer func() { s.begun = true }()
	return !s.begun
}

func (s *walk) Pick(x *Exec) int32 {
	if s.depth == len(s.path) {
		s.path = append(s.path, [2]int{0, len(x.Enabled)})
	}
	s.depth++
	return x.Enabled[s.path[s.depth-1][0]]
}

func (s *walk) Started(*Exec, int32) {}
func (s *walk) Ran(*Exec, int32, Op) {}
func (s *walk) End(*Exec, Outcome)   {}

func (s *walk) likelihood() float64 {
	p := 1.0
	for _, c := range s.path {
		p /= float64(c[1])
	}
	return p
}

// engine returns an engine that notes what it executes, and is closed when the test ends.
func engine(t testing.TB) *model.Engine {
	e := model.New(model.Limits{})
	e.Record(true)
	t.Cleanup(e.Close)
	return e
}

// order names the order in which threads execute what is not private to them; of those operations only that count, if that is given.
func order(r model.Result, count func(Op) bool) string {
	var b []byte
	for _, e := range r.Trace {
		if !e.Op.Private() && (count == nil || count(e.Op)) {
			b = append(b, byte('0'+e.Thread))
		}
	}
	return string(b)
}

// orders returns all orders of a program, and how likely each is under fair coins.
func orders(t *testing.T, p model.Program) map[string]float64 {
	all, s, e := map[string]float64{}, &walk{}, engine(t)
	for {
		r := e.Run(p, s, 0)
		if r.Exhausted {
			return all
		}
		all[order(r, nil)] += s.likelihood()
	}
}

// sample runs a strategy n times, after as many executions as it needs to learn, and counts the orders.
func sample(t *testing.T, p model.Program, s Strategy, n int, count func(Op) bool) map[string]int {
	seen, e := map[string]int{}, engine(t)
	for i := range 50 {
		e.Run(p, s, Seed(1, i))
	}
	for i := range n {
		seen[order(e.Run(p, s, Seed(2, i)), count)]++
	}
	return seen
}

// uniform makes all orders equally likely.
func uniform[V any](all map[string]V) map[string]float64 {
	p := map[string]float64{}
	for o := range all {
		p[o] = 1 / float64(len(all))
	}
	return p
}

// fits complains unless counts agree with probabilities, by Pearson's test. Seeds are fixed, so it fails always or never; right samplers pass it
// for all but one of ten thousand seeds.
func fits(t *testing.T, what string, counts map[string]int, want map[string]float64) {
	t.Helper()
	n, chi2 := 0, 0.0
	for o, c := range counts {
		if n += c; want[o] == 0 {
			t.Errorf("%s: order %s is impossible", what, o)
			return
		}
	}
	for o, p := range want {
		d := float64(counts[o]) - p*float64(n)
		chi2 += d * d / (p * float64(n))
	}
	if limit := quantile(len(want) - 1); chi2 > limit {
		t.Errorf("%s: chi-square %.1f, limit %.1f", what, chi2, limit)
		for _, o := range slices.Sorted(maps.Keys(want)) {
			t.Logf("%s %6d, want %.0f", o, counts[o], want[o]*float64(n))
		}
	}
}

// quantile is that of the chi-square distribution at 1-10^-4, by the approximation of Wilson and Hilferty.
func quantile(freedom int) float64 {
	k := 2 / (9 * float64(freedom))
	return float64(freedom) * math.Pow(1-k+3.719*math.Sqrt(k), 3)
}

// flat starts threads that do so many operations each on one object.
func flat(counts ...int) model.Program {
	return func(t *model.T) {
		x := t.NewInt(0)
		for _, n := range counts {
			t.Go("", times(x, n))
		}
	}
}

func times(x *model.Int, n int) func(*model.T) {
	return func(t *model.T) {
		for range n {
			x.Add(t, 1)
		}
	}
}

// tree starts threads in the midst of others.
func tree(t *model.T) {
	x := t.NewInt(0)
	t.Go("a", func(t *model.T) {
		x.Add(t, 1)
		t.Go("b", func(t *model.T) {
			x.Add(t, 1)
			t.Go("c", times(x, 2))
		})
		x.Add(t, 1)
	})
	times(x, 2)(t)
}

func TestOrders(t *testing.T) {
	for want, p := range map[int]model.Program{6: flat(2, 2), 20: flat(3, 3), 30: flat(2, 2, 1), 90: flat(2, 2, 2)} {
		if all := orders(t, p); len(all) != want {
			t.Errorf("%d orders, want %d", len(all), want)
		}
	}
}

// TestRWIsFair: each order is as likely as a coin at each decision makes it.
func TestRWIsFair(t *testing.T) {
	for name, p := range map[string]model.Program{"2 2": flat(2, 2), "2 2 1": flat(2, 2, 1), "tree": tree} {
		fits(t, name, sample(t, p, NewRW(), 4_000, nil), orders(t, p))
	}
}

// TestURWIsUniform: all orders are equally likely, also if threads are started in the midst of others. The random walk is a control of the test.
func TestURWIsUniform(t *testing.T) {
	for name, p := range map[string]model.Program{"2 2": flat(2, 2), "1 3": flat(1, 3), "2 2 1": flat(2, 2, 1), "tree": tree} {
		fits(t, name, sample(t, p, NewURW(), 4_000, nil), uniform(orders(t, p)))
	}
	counts := sample(t, flat(1, 3), NewRW(), 4_000, nil)
	if counts["1222"] < 1_600 {
		t.Errorf("the random walk should go on with the shorter thread half of the time: %v", counts)
	}
}

// noisy has one shared object, and much to do elsewhere.
func noisy(t *model.T) {
	x := t.NewInt(0)
	noise := func(t *model.T, n int) {
		y := t.NewInt(0)
		for range n {
			y.Add(t, 1)
		}
	}
	t.Go("a", func(t *model.T) { noise(t, 9); times(x, 2)(t) })
	t.Go("b", func(t *model.T) {
		x.Add(t, 1)
		noise(t, 4)
		t.Go("c", func(t *model.T) { noise(t, 2); x.Store(t, 1); noise(t, 5) })
		x.Add(t, 1)
	})
}

// TestSURWIsUniform: of the operations on the shared object, all orders are equally likely, whatever else there is to do. The filler alone is a control.
func TestSURWIsUniform(t *testing.T) {
	shared := func(o Op) bool { return o.Object == sharedObject }
	counts := sample(t, noisy, NewUniformSURW(), 4_000, shared)
	all := orders(t, func(t *model.T) {
		x := t.NewInt(0)
		t.Go("a", times(x, 2))
		t.Go("b", func(t *model.T) { x.Add(t, 1); t.Go("c", times(x, 1)); x.Add(t, 1) })
	})
	fits(t, "surw", counts, uniform(all))
	least := math.MaxInt
	for _, n := range sample(t, noisy, NewPOS(), 4_000, shared) {
		least = min(least, n)
	}
	if least > 4_000/len(all)/2 {
		t.Errorf("the filler alone should be far from uniform: its rarest order comes %d times", least)
	}
}

// sharedObject is the number of x in noisy: after that of the first thread.
const sharedObject = 1

// TestPOSOfSingles: if each thread has one operation, all orders are equally likely.
func TestPOSOfSingles(t *testing.T) {
	fits(t, "racing", sample(t, flat(1, 1, 1, 1), NewPOS(), 4_000, nil), uniform(orders(t, flat(1, 1, 1, 1))))
}

// TestPOSAsWritten: the distribution is that of a simulation that follows the paper to the letter.
func TestPOSAsWritten(t *testing.T) {
	for name, objects := range map[string][][]int{
		"independent": {{0, 0}, {1, 1}}, "racing": {{0, 0}, {0, 0}}, "mixed": {{0, 1, 0}, {1, 0}, {1}},
	} {
		want, total := map[string]float64{}, 100_000
		r := uint64(5)
		for range total {
			want[paper(objects, &r)] += 1 / float64(total)
		}
		fits(t, name, sample(t, touching(objects), NewPOS(), 4_000, nil), want)
	}
}

// touching starts threads that touch these objects in order.
func touching(objects [][]int) model.Program {
	return func(t *model.T) {
		x := [2]*model.Int{t.NewInt(0), t.NewInt(0)}
		for _, list := range objects {
			t.Go("", func(t *model.T) {
				for _, o := range list {
					x[o].Add(t, 1)
				}
			})
		}
	}
}

// paper is partial order sampling as its authors write it, of threads that touch these objects.
func paper(objects [][]int, state *uint64) string {
	coin := func() uint64 { *state++; return Seed(*state, 0) }
	at, priority, out := make([]int, len(objects)), make([]uint64, len(objects)), ""
	for i := range priority {
		priority[i] = coin()
	}
	for {
		best := -1
		for i := range objects {
			if at[i] < len(objects[i]) && (best < 0 || priority[i] > priority[best]) {
				best = i
			}
		}
		if best < 0 {
			return out
		}
		done := objects[best][at[best]]
		out += string(rune('1' + best))
		at[best]++
		priority[best] = coin()
		for i := range objects {
			if i != best && at[i] < len(objects[i]) && objects[i][at[i]] == done {
				priority[i] = coin()
			}
		}
	}
}

// TestPCTWithoutChanges: of depth 1, it runs one thread after the other, in any order.
func TestPCTWithoutChanges(t *testing.T) {
	p := flat(2, 1, 3)
	want := uniform(map[string]bool{"112333": true, "113332": true, "211333": true, "233311": true, "333112": true, "333211": true})
	fits(t, "depth 1", sample(t, p, NewPCT(1), 3_000, nil), want)
}

// TestPCTChanges: of depth d, it preempts at most d-1 times.
func TestPCTChanges(t *testing.T) {
	most := 0
	for o := range sample(t, flat(4, 4, 4), NewPCT(3), 2_000, nil) {
		changes := 0
		for i := range len(o) - 1 {
			if o[i] != o[i+1] {
				changes++
			}
		}
		most = max(most, changes)
	}
	if most != 2+2 {
		t.Errorf("%d changes of threads, where two threads end and two are preempted", most)
	}
}

// TestPCTGuarantee: a bug of depth d among n threads of k decisions is found with probability 1/(n*k^(d-1)) at least.
func TestPCTGuarantee(t *testing.T) {
	for _, c := range []struct {
		name  string
		depth int
		p     model.Program
	}{
		{"order", 1, func(t *model.T) {
			x, y := t.NewInt(0), t.NewInt(0)
			t.Go("user", func(t *model.T) { times(y, 5)(t); t.Assert(x.Load(t) == 1, "used before it was made") })
			t.Go("maker", func(t *model.T) { times(y, 5)(t); x.Store(t, 1) })
		}},
		{"atomicity", 2, func(t *model.T) {
			x, y := t.NewInt(0), t.NewInt(0)
			inc := func(t *model.T) { times(y, 4)(t); v := x.Load(t); x.Store(t, v+1); times(y, 4)(t) }
			a, b := t.Go("a", inc), t.Go("b", inc)
			t.Join(a)
			t.Join(b)
			t.Assert(x.Value() == 2, "lost update")
		}},
		{"two preemptions", 3, func(t *model.T) {
			x, y := t.NewInt(0), t.NewInt(0)
			t.Go("watcher", func(t *model.T) {
				a := x.Load(t)
				y.Add(t, 1)
				t.Assert(a != 1 || x.Load(t) != 2, "saw both steps")
			})
			t.Go("setter", func(t *model.T) { x.Store(t, 1); x.Store(t, 2) })
		}},
	} {
		found, k, n, tries := 0, 0, 0, 2_000
		e, s := engine(t), NewPCT(c.depth)
		for i := range tries {
			r := e.Run(c.p, s, Seed(1, i))
			k, n = max(k, r.Steps+1), r.Threads
			if r.Failure == model.Assertion {
				found++
			}
		}
		// k is learned with a fifth on top.
		if bound := float64(tries) / (float64(n) * math.Pow(1.2*float64(k), float64(c.depth-1))); float64(found) < bound {
			t.Errorf("%s: found %d times in %d, the bound is %.1f (n %d, k %d)", c.name, found, tries, bound, n, k)
		}
	}
}
