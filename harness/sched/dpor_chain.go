package sched

// Links lead from an operation to the earlier ones that it may depend on, so that long executions need not be searched: each is the number of a
// node, or -1.
type links struct {
	object  int32 // the last on the same object, selects apart
	channel int32 // the last on any channel, selects included
	selects int32 // the last select
	clocks  int32 // the last time that the clock ran
}

// heads are the ends of the chains as far as the execution has come.
type heads struct {
	objects []int32 // by object: the last node + 1
	links
}

func (h *heads) reset() {
	clear(h.objects)
	h.links = links{-1, -1, -1, -1}
}

// at returns the links of an operation that would come now.
func (h *heads) at(op Op) links {
	l := h.links
	if op.touches() && op.Kind != Select && int(op.Object) < len(h.objects) {
		l.object = h.objects[op.Object] - 1
	}
	return l
}

// add makes an operation the end of its chains.
func (h *heads) add(op Op, node int32) {
	switch {
	case op.Kind == Clock:
		h.clocks = node
		return
	case !op.touches():
		return
	case op.Kind == Select:
		h.selects = node
	default:
		for int(op.Object) >= len(h.objects) {
			h.objects = append(h.objects, 0)
		}
		h.objects[op.Object] = node + 1
	}
	if op.onChannel() {
		h.channel = node
	}
}

// A cursor goes back through the nodes whose operations depend on one.
type cursor struct {
	path []node
	op   Op
	at   int32 // the node that it has come to
	links
}

// next returns the next node, going back, or -1.
func (c *cursor) next() int32 {
	if c.op.Kind == Clock {
		c.at--
		return c.at
	}
	for c.step(); c.at >= 0 && !c.path[c.at].op.depends(c.op); c.step() {
	}
	return c.at
}

// step goes to the latest node of the chains of the operation, and past it.
func (c *cursor) step() {
	chain := &c.clocks
	if c.op.touches() && c.op.Kind != Select {
		chain = later(chain, &c.object)
	}
	if c.op.onChannel() && c.op.Kind != Select {
		chain = later(chain, &c.selects)
	}
	if c.op.onChannel() && c.op.Kind == Select {
		chain = later(chain, &c.channel)
	}
	if c.at = *chain; c.at >= 0 {
		*chain = c.path[c.at].links.in(c, chain)
	}
}

// in returns the link of the chain that a cursor is on.
func (l links) in(c *cursor, chain *int32) int32 {
	switch chain {
	case &c.clocks:
		return l.clocks
	case &c.channel:
		return l.channel
	case &c.selects:
		return l.selects
	}
	return l.object
}

func later(a, b *int32) *int32 {
	if *b > *a {
		return b
	}
	return a
}
