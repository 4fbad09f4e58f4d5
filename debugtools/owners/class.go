package owners

// Locks belong to one class if they were locked at the same place: the locks of all accounts are locked where money is transferred. A program that locks class X while
// it holds class Y, and Y while it holds X, has no order of these classes, and the next two objects may meet. That is likely a defect and no proof, as
// the objects may be kept apart by something that nobody recorded. Two locks of one class are not looked at: objects of one type are often locked in the order
// of their numbers, or from the root of a tree to its leaves.

// classes joins places that have locked the same lock.
type classes map[Site]Site

// root returns the place that stands for a class.
func (c classes) root(s Site) Site {
	for {
		up, ok := c[s]
		if !ok {
			return s
		}
		s = up
	}
}

// join makes two classes one.
func (c classes) join(a, b Site) {
	if a, b = c.root(a), c.root(b); a != b {
		c[b] = a
	}
}

// classesOf finds the classes of a report.
func classesOf(r *Report) classes {
	c, first := classes{}, map[int]Site{}
	see := func(s Step) {
		if f, ok := first[s.Lock]; ok {
			c.join(f, s.At)
		} else {
			first[s.Lock] = s.At
		}
	}
	for _, e := range r.Edges {
		see(e.Takes)
		for _, h := range e.Holds {
			see(h)
		}
	}
	return c
}

// A pair is that a class is locked while another is held.
type pair struct{ holds, takes Site }

// A use is an edge that makes a pair, with the lock that is held.
type use struct {
	edge int
	held Step
}

// An inversion is two events that lock two classes in both orders.
type inversion struct {
	events [2]int
	held   [2]Step
}

// maxUses is how many edges are looked at for each order of two classes.
const maxUses = 16

// inversions returns for each two classes an inversion, if there is one of locks that are not both the same.
func (s *search) inversions() []inversion {
	c := classesOf(s.report)
	uses := map[pair][]use{}
	var order []pair
	for i, e := range s.report.Edges {
		for _, h := range e.Holds {
			p := pair{c.root(h.At), c.root(e.Takes.At)}
			if e.Takes.Try || p.holds == p.takes || p.holds == (Site{}) || p.takes == (Site{}) || s.report.Locks[h.Lock].Handed {
				continue
			}
			if uses[p] == nil {
				order = append(order, p)
			}
			if len(uses[p]) < maxUses {
				uses[p] = append(uses[p], use{i, h})
			}
		}
	}
	var all []inversion
	done := map[pair]bool{}
	for _, p := range order {
		if back := (pair{p.takes, p.holds}); !done[back] {
			done[p] = true
			if v, ok := s.invert(uses[p], uses[back]); ok {
				all = append(all, v)
			}
		}
	}
	return all
}

// invert looks for two events of different locks, one for each order.
func (s *search) invert(there, back []use) (inversion, bool) {
	for _, x := range there {
		for _, y := range back {
			a, b := &s.report.Edges[x.edge], &s.report.Edges[y.edge]
			if x.held.Lock == b.Takes.Lock && y.held.Lock == a.Takes.Lock || gated(a, b) {
				continue // the same locks are the business of cycles
			}
			if x.held.Read && b.Takes.Read || y.held.Read && a.Takes.Read {
				continue
			}
			if e := s.pick([]int{x.edge, y.edge}, nil); e != nil {
				return inversion{[2]int{e[0], e[1]}, [2]Step{x.held, y.held}}, true
			}
		}
	}
	return inversion{}, false
}
