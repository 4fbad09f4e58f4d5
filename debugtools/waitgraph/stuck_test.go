package waitgraph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// parse builds a graph from lines "1 waits m by 2,3 [all] [open] [KNOWN]"; a line with a number alone is a goroutine that can go on.
func parse(t testing.TB, text string) *Graph {
	t.Helper()
	g, objects := &Graph{}, map[string]int{}
	node := func(s string) int {
		var id int64
		if _, err := fmt.Sscan(s, &id); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		return g.AddGoroutine(Goroutine{ID: id, Name: "f" + s, At: "a.go:" + s})
	}
	for l := range strings.SplitSeq(text, "\n") {
		f := strings.Fields(l)
		if len(f) < 3 {
			for _, s := range f {
				node(s)
			}
			continue
		}
		if _, ok := objects[f[2]]; !ok {
			objects[f[2]] = g.AddObject(Object{Kind: "mutex", Name: f[2]})
		}
		n := Need{Object: objects[f[2]], Known: Recorded, All: slices.Contains(f, "all"), Open: slices.Contains(f, "open")}
		if slices.Contains(f, "inferred") {
			n.Known = Inferred
		}
		at := node(f[0])
		if i := slices.Index(f, "by"); i > 0 {
			for s := range strings.SplitSeq(f[i+1], ",") {
				n.By = append(n.By, Holder{Goroutine: node(s), Known: n.Known})
			}
		}
		g.AddNeed(at, n)
	}
	return g
}

// show writes deadlocks as "cycle 1 2 | 3" with those behind after the bar.
func show(g *Graph, all []Deadlock) string {
	var out []string
	ids := func(list []int) string {
		var s []string
		for _, i := range list {
			s = append(s, fmt.Sprint(g.Goroutines[i].ID))
		}
		return strings.Join(s, " ")
	}
	for _, d := range all {
		kind := "knot"
		if d.Cycle {
			kind = "cycle"
		} else if d.Orphan {
			kind = "orphan"
		}
		s := kind + " " + ids(d.Core)
		if len(d.Behind) > 0 {
			s += " | " + ids(d.Behind)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestStuck(t *testing.T) {
	for _, c := range []struct{ name, graph, want string }{
		{"nobody", "", ""},
		{"a mutex that works", "1 waits m by 2\n2", ""},
		{"self-lock", "1 waits m by 1", "cycle 1"},
		{"AB-BA", "1 waits b by 2\n2 waits a by 1", "cycle 1 2"},
		{"three, and two behind", "1 waits b by 2\n2 waits c by 3\n3 waits a by 1\n4 waits a by 1\n5 waits x by 4", "cycle 1 2 3 | 4 5"},
		{"owner gone", "1 waits m\n2 waits n by 1", "orphan 1 | 2"},
		{"a select with a way out", "1 waits b by 2\n1 waits c by 3\n2 waits a by 1\n3", ""},
		{"a select without", "1 waits b by 2\n1 waits c by 3\n2 waits a by 1\n3 waits a by 1", "knot 1 2 3"},
		{"one of two senders can", "1 waits c by 2,3\n2 waits a by 1\n3", ""},
		{"a writer behind two readers, one of them stuck", "1 waits rw by 2,3 all\n2 waits rw by 1\n3", "cycle 1 2"},
		{"a writer behind readers who go on", "1 waits rw by 2,3 all\n2\n3", ""},
		{"somebody else may send", "1 waits c by 2 open\n2 waits c by 1", ""},
		{"two of them", "1 waits m by 1\n2 waits n by 2", "cycle 1; cycle 2"},
		{"inferred edges do not prove", "1 waits b by 2 inferred\n2 waits a by 1", ""},
	} {
		g := parse(t, c.graph)
		if got := show(g, g.Stuck(InText)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestStuckInferred: the same graph says more if inferred edges count, and says that it rests on them.
func TestStuckInferred(t *testing.T) {
	g := parse(t, "1 waits b by 2 inferred\n2 waits a by 1\n3 waits c by 3")
	all := g.Stuck(Inferred)
	if show(g, all) != "cycle 1 2; cycle 3" || all[0].Known != Inferred || all[1].Known != Recorded {
		t.Errorf("%s: %+v", show(g, all), all)
	}
}

// random draws a graph of n goroutines.
func random(r *rand.Rand, n int) *Graph {
	g := &Graph{}
	for i := range n {
		g.AddGoroutine(Goroutine{ID: int64(i + 1)})
	}
	for i := range n {
		for range r.IntN(3) {
			need := Need{Object: g.AddObject(Object{Kind: "mutex", Addr: uint64(1 + r.IntN(n))}), All: r.IntN(2) == 0, Open: r.IntN(9) == 0, Known: Known(r.IntN(3))}
			for range r.IntN(3) {
				need.By = append(need.By, Holder{Goroutine: r.IntN(n), Known: Recorded})
			}
			g.AddNeed(i, need)
		}
	}
	return g
}

// naive finds who is stuck by asking everybody again and again.
func naive(g *Graph, least Known) []bool {
	free := make([]bool, len(g.Goroutines))
	met := func(n *Need) bool {
		if n.Open || n.known() < least {
			return true
		}
		count := 0
		for _, h := range n.By {
			if free[h.Goroutine] {
				count++
			}
		}
		return len(n.By) > 0 && (count == len(n.By) || count > 0 && !n.All)
	}
	for changed := true; changed; {
		changed = false
		for i, needs := range g.Needs {
			ok := len(needs) == 0 || slices.ContainsFunc(needs, func(n Need) bool { return met(&n) })
			changed = changed || ok && !free[i]
			free[i] = free[i] || ok
		}
	}
	return free
}

// TestStuckAgainstNaive: everybody who is stuck, and nobody else, is in one deadlock, once; and cores cannot be left.
func TestStuckAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 3000 {
		g, least := random(r, 1+r.IntN(9)), Known(r.IntN(3))
		free, seen := naive(g, least), map[int]int{}
		for _, d := range g.Stuck(least) {
			for _, m := range slices.Concat(d.Core, d.Behind) {
				seen[m]++
			}
			if d.Known < least {
				t.Fatalf("round %d: rests on edges that do not count", round)
			}
		}
		for i := range g.Goroutines {
			if want := map[bool]int{false: 1, true: 0}[free[i]]; seen[i] != want {
				t.Fatalf("round %d: goroutine %d is in %d deadlocks, want %d: %+v", round, i, seen[i], want, g)
			}
		}
	}
}

func TestLongChain(t *testing.T) {
	g := &Graph{}
	const n = 10000
	for i := range n {
		g.AddGoroutine(Goroutine{ID: int64(i + 1)})
	}
	for i := range n {
		g.AddNeed(i, Need{Object: g.AddObject(Object{Kind: "mutex"}), By: []Holder{{Goroutine: (i + 1) % n}}, Known: Recorded})
	}
	all := g.Stuck(Inferred)
	if len(all) != 1 || !all[0].Cycle || len(all[0].Core) != n {
		t.Fatalf("%d deadlocks", len(all))
	}
	if lines := g.Text(all[0]); len(lines) != mostCore+1 {
		t.Errorf("%d lines", len(lines))
	}
}

func BenchmarkStuck(b *testing.B) {
	g := random(rand.New(rand.NewPCG(3, 4)), 10000)
	for b.Loop() {
		g.Stuck(Inferred)
	}
}
