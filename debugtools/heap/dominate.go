package heap

// A dominator tree says what would be freed: node v dominates node w if every path from the root to w goes through v. The retained
// size of v is the size of all that it dominates.
//
// The algorithm is that of Thomas Lengauer and Robert Endre Tarjan, "A fast algorithm for finding dominators in a flowgraph", ACM
// TOPLAS 1(1), 1979, the simple version with path compression, O(m log n) for m edges: no dump can make it quadratic. The iterative
// one of Cooper, Harvey and Kennedy ("A simple, fast dominance algorithm", 2001) is its yardstick in the tests: as fast on a cache with
// an order of use, slower on a tree, and quadratic where a long list ends in objects that its head points to as well. Buckets are linked
// through the nodes, and compression is iterative, since a list may have a million nodes.

// A tarjan is the state of the algorithm. All nodes are numbers of a depth-first search.
type tarjan struct {
	semi     []uint32 // number of the semidominator
	ancestor []uint32 // in the forest that is linked so far, or none
	label    []uint32 // the node of least semi on the way to the root of the forest
	dom      []uint32
	path     []uint32
}

// dominators returns the immediate dominator of each number of a search; that of 0, the root, is 0. It takes 24 bytes for a node.
func dominators(w *walk, pred csr) []uint32 {
	n := uint32(len(w.order))
	t := &tarjan{make([]uint32, n), make([]uint32, n), make([]uint32, n), make([]uint32, n), nil}
	bucket, next := make([]uint32, n), make([]uint32, n)
	for v := range n {
		t.semi[v], t.label[v], t.ancestor[v], bucket[v] = v, v, none, none
	}
	for v := n - 1; v > 0 && v != none; v-- {
		for _, u := range pred.of(v) {
			t.semi[v] = min(t.semi[v], t.semi[t.eval(u)])
		}
		next[v], bucket[t.semi[v]] = bucket[t.semi[v]], v
		p := w.parent[v]
		t.ancestor[v] = p
		for b := bucket[p]; b != none; b = next[b] {
			u := t.eval(b)
			if t.dom[b] = p; t.semi[u] < t.semi[b] {
				t.dom[b] = u
			}
		}
		bucket[p] = none
	}
	for v := uint32(1); v < n; v++ {
		if t.dom[v] != t.semi[v] {
			t.dom[v] = t.dom[t.dom[v]]
		}
	}
	return t.dom
}

// eval returns the node of least semidominator between v and the root of its tree in the forest, and shortens the way for the next
// time.
func (t *tarjan) eval(v uint32) uint32 {
	if t.ancestor[v] == none {
		return v
	}
	t.path = t.path[:0]
	for u := v; t.ancestor[t.ancestor[u]] != none; u = t.ancestor[u] {
		t.path = append(t.path, u)
	}
	for i := len(t.path) - 1; i >= 0; i-- {
		u := t.path[i]
		a := t.ancestor[u]
		if t.semi[t.label[a]] < t.semi[t.label[u]] {
			t.label[u] = t.label[a]
		}
		t.ancestor[u] = t.ancestor[a]
	}
	return t.label[v]
}
