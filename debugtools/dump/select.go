package dump

// Select returns a dump of the goroutines that keep chooses. Everything else is as in d, which is not changed; the stacks are counted anew. The
// goroutines that were left out are in Dropped.
func (d *Dump) Select(keep func(*Goroutine) bool) *Dump {
	out := *d
	out.Goroutines, out.Stacks = nil, nil
	stacks := map[*Stack]*Stack{}
	for i := range d.Goroutines {
		g := d.Goroutines[i]
		if !keep(&g) {
			out.Dropped += g.Count
			continue
		}
		s, ok := stacks[g.Stack]
		if !ok {
			c := *g.Stack
			s = &c
			s.Index, s.Goroutines = len(out.Stacks), 0
			stacks[g.Stack] = s
			out.Stacks = append(out.Stacks, s)
		}
		s.Goroutines += g.Count
		g.Stack = s
		out.Goroutines = append(out.Goroutines, g)
	}
	return &out
}
