package heap

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A RootKind says what keeps objects alive by itself.
type RootKind string

const (
	// Global is a package-level variable.
	Global RootKind = "global"
	// Stack is a goroutine: the variables of its calls, its deferred calls, its descriptor.
	Stack RootKind = "goroutine"
	// Finalizer is a function that runtime.SetFinalizer attached to an object, and all that the object points to: a collection keeps it, so that
	// the finalizer can be called.
	Finalizer RootKind = "finalizer"
	// Queued is an object whose finalizer is due.
	Queued RootKind = "queued finalizer"
	// Threads are the descriptors of operating system threads.
	Threads RootKind = "runtime threads"
	// Processors are the runtime's descriptors of processors: timers that have not fired, among other things. They are only told from other
	// globals if there are symbols.
	Processors RootKind = "runtime processors"
	// Other is a root that the runtime has named itself.
	Other RootKind = "other root"
)

// A Root is something outside of the heap that keeps objects alive.
type Root struct {
	Kind RootKind
	// Name is that of the variable ("main.cache"), or "data+0x1f0" if symbols are missing; of a goroutine, the function that it began with; of a
	// finalizer, empty.
	Name string
	// Goroutine is the number of the goroutine, or 0, and State what it does.
	Goroutine int64
	State     string

	slots []slot // what it points to, with the offset in the variable, or the number of the frame
	stack *Goroutine
}

// String names the root for people: "global main.cache", "goroutine 8 [select] main.worker".
func (r *Root) String() string {
	switch {
	case r.Kind == Stack:
		return fmt.Sprintf("goroutine %d [%s] %s", r.Goroutine, r.State, r.Name)
	case r.Kind == Processors:
		return "runtime processors (timers)"
	default:
		return r.Key()
	}
}

// Key names the root the same in two dumps of one program: without the numbers of goroutines.
func (r *Root) Key() string {
	if r.Name == "" {
		return string(r.Kind)
	}
	return string(r.Kind) + " " + r.Name
}

// roots returns all roots that point to objects, globals first, in the order of their addresses.
func (d *Dump) roots() []Root {
	var list []Root
	for _, s := range d.segments {
		list = append(list, d.globals(s)...)
	}
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		list = append(list, Root{Kind: Stack, Name: g.outermost(), Goroutine: g.ID, State: g.State, slots: g.slots, stack: g})
	}
	list = append(list, Root{Kind: Threads, slots: d.threads})
	for _, o := range d.others {
		list = append(list, Root{Kind: Other, Name: o.name, slots: []slot{{0, o.to}}})
	}
	return append(list, d.finalized()...)
}

// outermost names the function that a goroutine began with.
func (g *Goroutine) outermost() string {
	for i := len(g.Frames) - 1; i >= 0; i-- {
		f := g.Frames[i].Func
		wrapped := strings.Contains(f, ".gowrap") && i > 0 && !inRuntime(g.Frames[i-1].Func) // go f(x) begins in a function that calls f(x)
		if f != "runtime.goexit" && (f != "runtime.main" || i == 0) && !wrapped {
			return f
		}
	}
	return "(no stack)"
}

// globals divides the pointers of a segment among its variables.
func (d *Dump) globals(s segment) []Root {
	slices.SortFunc(s.slots, func(a, b slot) int { return cmp.Compare(a.where, b.where) })
	var list []Root
	for _, sl := range s.slots {
		name, off := d.variable(sl.where, 3)
		if name == "" {
			name, off = fmt.Sprintf("%s+%#x", s.name, sl.where-s.addr), 0
		}
		if name == "runtime.allp" {
			list = append(list, Root{Kind: Processors, slots: []slot{sl}})
			continue
		}
		if n := len(list); n == 0 || list[n-1].Name != name {
			list = append(list, Root{Kind: Global, Name: name})
		}
		last := &list[len(list)-1]
		last.slots = append(last.slots, slot{off, sl.to})
	}
	return list
}

// finalized returns the roots that finalizers make. What an object with a finalizer points to is kept, the object itself is not.
func (d *Dump) finalized() []Root {
	alive, due := Root{Kind: Finalizer}, Root{Kind: Queued}
	for _, f := range d.finalizers {
		if f.queued {
			due.slots = append(due.slots, slot{0, f.object}, slot{0, f.fn})
			continue
		}
		alive.slots = append(alive.slots, slot{0, f.fn})
		if i := d.find(f.object); i != none {
			for _, to := range d.out.of(i) {
				if to != none {
					alive.slots = append(alive.slots, slot{0, d.addr(to)})
				}
			}
		}
	}
	return slices.DeleteFunc([]Root{alive, due}, func(r Root) bool { return len(r.slots) == 0 })
}

// link turns the pointers of objects from addresses into numbers, and enters the roots as nodes: objects have the lowest numbers, then
// come the roots, and last one node that points to all roots.
func (p *reader) link() {
	d := p.d
	d.out.start = append(d.out.start, uint32(len(d.out.edge)))
	for i, w := range d.out.edge {
		d.out.edge[i] = d.at(w)
	}
	for _, s := range p.sampled {
		if i := d.find(s.to); i != none {
			d.samples[i] = uint32(s.where)
		}
	}
	d.nameShapes()
	d.Roots = d.roots()
	owned := d.plumbing()
	d.enterRoots(owned)
	if d.maybes() {
		d.enterRoots(owned)
	}
}

// enterRoots makes the roots nodes of the graph, in place of those that were entered before.
func (d *Dump) enterRoots(owned map[uint32]RootKind) {
	n := d.Len()
	d.out.start = d.out.start[:n+1]
	d.out.edge = d.out.edge[:d.out.start[n]]
	for i := range d.Roots {
		r := &d.Roots[i]
		for _, s := range r.slots {
			if to := d.find(s.to); to != none && (owned[to] == "" || owned[to] == r.Kind) {
				d.out.edge = append(d.out.edge, to)
			}
		}
		d.out.start = append(d.out.start, uint32(len(d.out.edge)))
	}
	for i := range d.Roots {
		d.out.edge = append(d.out.edge, uint32(n+i))
	}
	d.out.start = append(d.out.start, uint32(len(d.out.edge)))
}

// maybes adds to goroutines what nothing else keeps and words of their frames point to, though the dump does not call them pointers:
// structs and arrays among the variables whose address was taken. It reports whether there was any. A stale word can keep garbage
// this way; it cannot make anything look less kept.
func (d *Dump) maybes() bool {
	if !slices.ContainsFunc(d.Goroutines, func(g Goroutine) bool { return len(g.maybe) > 0 }) {
		return false
	}
	w := d.out.search(d.all())
	found := false
	for i := range d.Roots {
		r := &d.Roots[i]
		if r.stack == nil {
			continue
		}
		for _, s := range r.stack.maybe {
			if to := d.find(s.to); to != none && w.number[to] == none {
				r.slots = append(r.slots, s)
				found = true
			}
		}
	}
	return found
}

// all returns the node that points to all roots.
func (d *Dump) all() uint32 { return uint32(d.out.nodes() - 1) }

// root returns the root that a node stands for, or nil.
func (d *Dump) root(node uint32) *Root {
	if n := uint32(d.Len()); node >= n && node < d.all() {
		return &d.Roots[node-n]
	}
	return nil
}
