package heap

import (
	"cmp"
	"slices"
)

// plumbing cuts what the runtime knows of its own parts, so that what a goroutine or a timer keeps is not kept by everybody: the
// runtime lists all goroutines, threads point to the goroutine and the processors they run, timers to the processor that waits for
// them. Afterwards descriptors of goroutines hang from their goroutine alone, those of threads from the root for threads, those of
// processors from the root for processors. It returns which kind of root each of them belongs to.
func (d *Dump) plumbing() map[uint32]RootKind {
	owned := map[uint32]RootKind{}
	for i := range d.Roots {
		r := &d.Roots[i]
		switch {
		case r.Kind == Stack:
			d.own(owned, r.stack.g, Stack)
		case r.Kind == Threads, r.Kind == Processors:
			for _, s := range r.slots {
				d.own(owned, s.to, r.Kind)
			}
		}
	}
	lists := d.processors(owned)
	cut := make([]bool, d.Len())
	for i := range owned {
		cut[i] = true
	}
	for from := range uint32(d.Len()) {
		for i, to := range d.out.of(from) {
			if to != none && cut[to] && !(lists[from] && to != from) {
				d.out.of(from)[i] = none
			}
		}
	}
	return owned
}

// own enters the object at an address.
func (d *Dump) own(owned map[uint32]RootKind, addr uint64, kind RootKind) {
	if i := d.find(addr); i != none {
		owned[i] = kind
	}
}

// processors enters the objects that the lists of processors point to, and returns the lists.
func (d *Dump) processors(owned map[uint32]RootKind) map[uint32]bool {
	lists := map[uint32]bool{}
	for i, kind := range owned {
		if kind == Processors {
			lists[i] = true
		}
	}
	for list := range lists {
		for _, p := range d.out.of(list) {
			if p != none && owned[p] == "" {
				owned[p] = Processors
			}
		}
	}
	return lists
}

// variable names the global variable that holds an address. Parts of a variable that the compiler has laid out by itself (what p points
// to after var p = &T{}) have no symbol; they are named after the variable that points to them.
func (d *Dump) variable(addr uint64, depth int) (name string, off uint64) {
	name, off = d.symbols.name(addr - d.slide)
	if name != "" || d.symbols == nil || depth == 0 {
		return name, off
	}
	i, found := slices.BinarySearchFunc(d.links, addr, func(l slot, at uint64) int { return cmp.Compare(l.to, at) })
	if !found {
		i--
	}
	if i < 0 || addr-d.links[i].to > 1<<20 {
		return "", 0
	}
	if between, _ := d.symbols.name(d.links[i].to - d.slide); between != "" {
		return "", 0
	}
	name, _ = d.variable(d.links[i].where, depth-1)
	return name, 0
}

// sortLinks orders the pointers between global variables by what they point to; those that point elsewhere are dropped.
func (d *Dump) sortLinks() {
	d.links = slices.DeleteFunc(d.links, func(l slot) bool {
		return !slices.ContainsFunc(d.segments, func(s segment) bool { return l.to >= s.addr && l.to-s.addr < s.size })
	})
	slices.SortFunc(d.links, func(a, b slot) int { return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.where, b.where)) })
}
