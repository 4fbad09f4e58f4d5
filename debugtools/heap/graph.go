package heap

// A csr is a directed graph in compressed rows: the edges of node v are edge[start[v]:start[v+1]]. An edge to none leads nowhere.
type csr struct {
	start []uint32
	edge  []uint32
}

// nodes returns the number of nodes of a complete graph, whose start has an entry more.
func (g *csr) nodes() int { return len(g.start) - 1 }

// of returns the edges of a node.
func (g *csr) of(v uint32) []uint32 { return g.edge[g.start[v]:g.start[v+1]] }

// A walk is a depth-first search: nodes are numbered from 0 in the order in which they were found.
type walk struct {
	number []uint32 // of each node, or none
	order  []uint32 // the node with each number
	parent []uint32 // of each number, that from which it was found; 0 for the root
}

// search walks a graph from a node, without recursion: lists of a million nodes are normal.
func (g *csr) search(root uint32) *walk {
	w := &walk{number: make([]uint32, g.nodes())}
	for i := range w.number {
		w.number[i] = none
	}
	w.visit(root, 0)
	type frame struct{ node, next uint32 }
	stack := []frame{{root, g.start[root]}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == g.start[top.node+1] {
			stack = stack[:len(stack)-1]
			continue
		}
		to := g.edge[top.next]
		top.next++
		if to != none && w.number[to] == none {
			w.visit(to, w.number[top.node])
			stack = append(stack, frame{to, g.start[to]})
		}
	}
	return w
}

// visit gives a node the next number.
func (w *walk) visit(node, parent uint32) {
	w.number[node] = uint32(len(w.order))
	w.order = append(w.order, node)
	w.parent = append(w.parent, parent)
}

// reversed returns the predecessors of each number among the nodes that were reached.
func (g *csr) reversed(w *walk) csr {
	n := len(w.order)
	r := csr{start: make([]uint32, n+1)}
	each := func(do func(from, to uint32)) {
		for from, v := range w.order {
			for _, to := range g.of(v) {
				if to != none {
					do(uint32(from), w.number[to])
				}
			}
		}
	}
	each(func(_, to uint32) { r.start[to]++ })
	sum := uint32(0)
	for i, c := range r.start {
		r.start[i] = sum
		sum += c
	}
	r.edge = make([]uint32, sum)
	each(func(from, to uint32) {
		r.edge[r.start[to]] = from
		r.start[to]++
	})
	copy(r.start[1:], r.start[:n])
	r.start[0] = 0
	return r
}

// shortest returns, for each node, the node before it on a shortest path from root, or none: breadth first, lower numbers first, so
// that equal dumps give equal paths.
func (g *csr) shortest(root uint32) []uint32 {
	before := make([]uint32, g.nodes())
	for i := range before {
		before[i] = none
	}
	before[root] = root
	queue := []uint32{root}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, to := range g.of(v) {
			if to != none && before[to] == none {
				before[to] = v
				queue = append(queue, to)
			}
		}
	}
	before[root] = none
	return before
}
