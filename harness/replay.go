package harness

import "fmt"

// A replay is a state of a model-free specification: the calls that lead to it on a plain sequential instance. States form a
// tree whose nodes are made on demand and shared, so that == on pointers compares states; with a digest, nodes of the same digest are
// one node, and the tree becomes the graph of reachable states.
type replay struct {
	tree     *replayTree
	path     []replayCall
	children map[replayCall]*replayEdge
}

type replayTree struct {
	fresh    func() any
	digest   func(any) any
	byDigest map[any]*replay
}

type replayCall struct {
	op  int
	arg any
}

type replayEdge struct {
	result any
	next   *replay
}

func newReplay(fresh func() any, digest func(any) any) *replay {
	t := &replayTree{fresh: fresh, digest: digest, byDigest: map[any]*replay{}}
	root := &replay{tree: t, children: map[replayCall]*replayEdge{}}
	if digest != nil {
		t.byDigest[digest(fresh())] = root
	}
	return root
}

// step applies one call; a pending call always fits.
func (s *replay) step(ops []Operation, c *Call) (any, bool) {
	e := s.edge(ops, replayCall{c.op, c.Arg})
	return e.next, c.Pending || e.result == c.Result
}

// edge replays the calls so far and one more, once.
func (s *replay) edge(ops []Operation, c replayCall) *replayEdge {
	if e := s.children[c]; e != nil {
		return e
	}
	instance := s.tree.fresh()
	for _, p := range s.path {
		ops[p.op].codec.call(instance, p.arg)
	}
	e := &replayEdge{result: ops[c.op].codec.call(instance, c.arg)}
	e.next = s.tree.node(instance, append(s.path[:len(s.path):len(s.path)], c))
	s.children[c] = e
	return e
}

// node returns the node of a state, an existing one if the digest is known.
func (t *replayTree) node(instance any, path []replayCall) *replay {
	n := &replay{tree: t, path: path, children: map[replayCall]*replayEdge{}}
	if t.digest == nil {
		return n
	}
	d := t.digest(instance)
	if old := t.byDigest[d]; old != nil {
		return old
	}
	t.byDigest[d] = n
	return n
}

// String prints the length of the path; the state itself is the instance's business.
func (s *replay) String() string { return fmt.Sprintf("after %d calls", len(s.path)) }
