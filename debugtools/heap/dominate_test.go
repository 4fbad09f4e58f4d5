package heap

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// graphOf builds a graph from lists of successors.
func graphOf(next [][]uint32) *csr {
	g := &csr{start: []uint32{0}}
	for _, to := range next {
		g.edge = append(g.edge, to...)
		g.start = append(g.start, uint32(len(g.edge)))
	}
	return g
}

// reached returns the nodes that can be reached from 0 without going through one.
func reached(g *csr, without uint32) []bool {
	seen := make([]bool, g.nodes())
	if without == 0 {
		return seen
	}
	seen[0] = true
	stack := []uint32{0}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, to := range g.of(v) {
			if to != none && to != without && !seen[to] {
				seen[to] = true
				stack = append(stack, to)
			}
		}
	}
	return seen
}

// naive finds dominators by their definition: v dominates w if w cannot be reached without v. The immediate one is that which all others
// dominate.
func naive(g *csr) []uint32 {
	n := g.nodes()
	dom := make([][]bool, n)
	all := reached(g, none)
	for v := range n {
		dom[v] = reached(g, uint32(v))
	}
	dominates := func(v, w int) bool { return all[v] && all[w] && !dom[v][w] }
	idom := make([]uint32, n)
	for w := range n {
		idom[w] = none
		for v := range n {
			if v == w || !dominates(v, w) {
				continue
			}
			if idom[w] == none || dominates(int(idom[w]), v) {
				idom[w] = uint32(v)
			}
		}
	}
	return idom
}

// fast finds dominators with the algorithm of the package.
func fast(g *csr) []uint32 {
	w := g.search(0)
	idom := make([]uint32, g.nodes())
	for i := range idom {
		idom[i] = none
	}
	for v, d := range dominators(w, g.reversed(w)) {
		if v > 0 {
			idom[w.order[v]] = w.order[d]
		}
	}
	return idom
}

// TestDominatorsByDefinition compares with removal of nodes on random graphs.
func TestDominatorsByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 24).Draw(t, "nodes")
		node := rapid.Custom(func(t *rapid.T) uint32 {
			v := uint32(rapid.IntRange(0, n).Draw(t, "to"))
			if v == uint32(n) {
				return none
			}
			return v
		})
		g := graphOf(rapid.SliceOfN(rapid.SliceOfN(node, 0, 4), n, n).Draw(t, "edges"))
		if got, want := fast(g), naive(g); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// iterated finds dominators as Cooper, Harvey and Kennedy do. It returns nil once it has taken more steps than limit.
func iterated(w *walk, pred csr, limit int) []uint32 {
	n := len(w.order)
	dom := make([]uint32, n)
	for v := range dom {
		dom[v] = none
	}
	dom[0] = 0
	order := postorder(w)
	rank := make([]uint32, n)
	for i, v := range order {
		rank[v] = uint32(i)
	}
	for changed := true; changed; {
		changed = false
		for _, v := range order[1:] {
			best := none
			for _, p := range pred.of(v) {
				if dom[p] == none {
					continue
				}
				if best == none {
					best = p
					continue
				}
				for a := p; a != best; limit-- {
					if limit == 0 {
						return nil
					}
					if rank[a] > rank[best] {
						a = dom[a]
					} else {
						best = dom[best]
					}
				}
			}
			if dom[v] != best {
				dom[v], changed = best, true
			}
		}
	}
	return dom
}

// postorder returns the numbers of a search in reverse postorder: a subtree is an interval of numbers, children are taken last first.
func postorder(w *walk) []uint32 {
	n := len(w.order)
	kids := children(w.parent)
	var order []uint32
	stack := []uint32{0}
	for len(stack) > 0 && n > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		order = append(order, v)
		stack = append(stack, kids.of(v)...)
	}
	return order
}

// cacheLike is the graph of a cache: an array that points to all entries, and a list through them, in both directions.
func cacheLike(n int) *csr {
	next := make([][]uint32, n+2)
	next[0] = []uint32{1}
	for i := 2; i < n+2; i++ {
		next[1] = append(next[1], uint32(i))
		if i > 2 {
			next[i] = append(next[i], uint32(i-1))
		}
		if i < n+1 {
			next[i] = append(next[i], uint32(i+1))
		}
	}
	return graphOf(next)
}

// ladder is a long list whose last node points to as many objects, to which its first node points as well.
func ladder(n int) *csr {
	next := make([][]uint32, n)
	half := n / 2
	for i := range half - 1 {
		next[i] = []uint32{uint32(i + 1)}
	}
	for i := half; i < n; i++ {
		next[0] = append(next[0], uint32(i))
		next[half-1] = append(next[half-1], uint32(i))
	}
	return graphOf(next)
}

// treeLike is a tree of 8 children for each node with some pointers across.
func treeLike(n int) *csr {
	next := make([][]uint32, n)
	x := uint32(1)
	for i := range n {
		for c := 8*i + 1; c <= 8*i+8 && c < n; c++ {
			next[i] = append(next[i], uint32(c))
		}
		if x = x*1664525 + 1013904223; x>>30 == 0 {
			next[i] = append(next[i], x%uint32(n))
		}
	}
	return graphOf(next)
}

func TestYardstickAgrees(t *testing.T) {
	for _, g := range []*csr{cacheLike(200), treeLike(1000), ladder(300)} {
		w := g.search(0)
		pred := g.reversed(w)
		if got, want := dominators(w, pred), iterated(w, pred, 1<<30); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// BenchmarkDominators compares both algorithms on two million objects.
func BenchmarkDominators(b *testing.B) {
	for name, g := range map[string]*csr{"cache": cacheLike(2_000_000), "tree": treeLike(2_000_000), "ladder": ladder(2_000_000)} {
		w := g.search(0)
		pred := g.reversed(w)
		b.Run(name+"/lengauer-tarjan", func(b *testing.B) {
			for range b.N {
				dominators(w, pred)
			}
		})
		b.Run(name+"/iterated", func(b *testing.B) {
			for range b.N {
				if began := time.Now(); iterated(w, pred, 4_000_000_000) == nil {
					b.Skipf("gave up after 4 000 million steps in %v", time.Since(began))
				}
			}
		})
	}
}
