package heap

// An Analysis knows who keeps what: which objects can be reached, the dominator tree, and retained sizes.
type Analysis struct {
	Dump *Dump
	// Bytes and Objects can be reached from roots.
	Bytes, Objects uint64
	// Garbage and GarbageObjects cannot: they died after the last collection, or are kept by what a dump does not show (functions of
	// runtime.AddCleanup, memory of C).
	Garbage, GarbageObjects uint64

	walk     *walk
	pred     csr      // by number
	dom      []uint32 // by number
	retained []uint64 // by number: bytes of all that it dominates, itself among them
	count    []uint32 // by number: objects of all that it dominates
	kids     csr      // by number: the children in the dominator tree
	keepers  []Keeper
}

// Analyse finds out who keeps what. It takes O(m log n) time for m pointers between n objects, and about 40 bytes for an object and 4
// for a pointer besides the dump.
func (d *Dump) Analyse() *Analysis {
	a := &Analysis{Dump: d, walk: d.out.search(d.all())}
	a.pred = d.out.reversed(a.walk)
	a.dom = dominators(a.walk, a.pred)
	a.retain()
	a.kids = children(a.dom)
	a.Bytes, a.Objects = a.retained[0], uint64(a.count[0])
	for i := range d.Len() {
		if size := d.size(uint32(i)); size > 0 && a.walk.number[i] == none {
			a.Garbage += size
			a.GarbageObjects++
		}
	}
	a.keepers = a.findKeepers()
	return a
}

// retain sums up sizes towards the root: a node has a higher number than its dominator.
func (a *Analysis) retain() {
	n := len(a.walk.order)
	a.retained, a.count = make([]uint64, n), make([]uint32, n)
	for v := n - 1; v >= 0; v-- {
		if node := a.walk.order[v]; node < uint32(a.Dump.Len()) {
			a.retained[v] += a.Dump.size(node)
			a.count[v]++
		}
		if v > 0 {
			a.retained[a.dom[v]] += a.retained[v]
			a.count[a.dom[v]] += a.count[v]
		}
	}
}

// children turns a tree around.
func children(dom []uint32) csr {
	n := len(dom)
	c := csr{start: make([]uint32, n+1), edge: make([]uint32, max(n-1, 0))}
	for _, p := range dom[min(1, n):] {
		c.start[p+1]++
	}
	for i := range n {
		c.start[i+1] += c.start[i]
	}
	at := append([]uint32(nil), c.start...)
	for v := 1; v < n; v++ {
		c.edge[at[dom[v]]] = uint32(v)
		at[dom[v]]++
	}
	return c
}

// Retained returns how many bytes and objects would be freed with an object, itself among them; 0 if it is garbage.
func (a *Analysis) Retained(object int) (bytes, objects uint64) {
	v := a.walk.number[object]
	if v == none {
		return 0, 0
	}
	return a.retained[v], uint64(a.count[v])
}

// Dominator returns the object or root without which an object would be freed; -1 and nil if it is garbage, or if several roots
// keep it independently.
func (a *Analysis) Dominator(object int) (by int, root *Root) {
	v := a.walk.number[object]
	if v == none || a.dom[v] == 0 {
		return -1, nil
	}
	node := a.walk.order[a.dom[v]]
	if r := a.Dump.root(node); r != nil {
		return -1, r
	}
	return int(node), nil
}
