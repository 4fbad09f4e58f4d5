package waitgraph

// tarjan returns the strongly connected components of the nodes that are in, and which one each belongs to (-1 for the others).
//
// Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal on Computing 1(2), 1972; with a stack of its own, because
// chains of ten thousand goroutines occur.
func tarjan(next [][]int, in []bool) (component []int, components [][]int) {
	t := &search{next: next, index: make([]int, len(next)), low: make([]int, len(next)), component: make([]int, len(next))}
	for i := range t.component {
		t.component[i] = -1
	}
	for i := range next {
		if in[i] && t.index[i] == 0 {
			t.from(i)
		}
	}
	return t.component, t.components
}

// A search is the state of the algorithm. An index of 0 means unseen.
type search struct {
	next       [][]int
	index, low []int
	component  []int
	components [][]int
	open       []int // nodes whose component is not closed yet
	clock      int
}

// A step is a node on the path of the search, and how many of its edges are done.
type step struct{ node, edge int }

func (t *search) enter(n int) step {
	t.clock++
	t.index[n], t.low[n] = t.clock, t.clock
	t.open = append(t.open, n)
	return step{node: n}
}

// from searches everything that a node reaches.
func (t *search) from(root int) {
	path := []step{t.enter(root)}
	for len(path) > 0 {
		s := &path[len(path)-1]
		if s.edge < len(t.next[s.node]) {
			n := t.next[s.node][s.edge]
			s.edge++
			if t.index[n] == 0 {
				path = append(path, t.enter(n))
			} else if t.component[n] < 0 {
				t.low[s.node] = min(t.low[s.node], t.index[n])
			}
			continue
		}
		node := s.node
		path = path[:len(path)-1]
		if len(path) > 0 {
			up := path[len(path)-1].node
			t.low[up] = min(t.low[up], t.low[node])
		}
		if t.low[node] == t.index[node] {
			t.closeAt(node)
		}
	}
}

// closeAt takes the component whose first node this is off the open nodes.
func (t *search) closeAt(node int) {
	i := len(t.open) - 1
	for t.open[i] != node {
		i--
	}
	members := append([]int(nil), t.open[i:]...)
	t.open = t.open[:i]
	for _, m := range members {
		t.component[m] = len(t.components)
	}
	t.components = append(t.components, members)
}
