package heap

import (
	"fmt"
	"slices"
	"strings"
)

// A Step is one object on a path, or several alike in a row.
type Step struct {
	Object int // the last of them
	Times  int
	Name   string
}

// A Path leads from a root to an object.
type Path struct {
	Root *Root
	// From says where in the root it begins: a function for a goroutine, "+0x18" in a large variable, or empty.
	From  string
	Steps []Step
}

// String writes the path for people: "global main.cache -> 48 KB with 512 pointers -> 96 B like main.newSession session.go:12 x 7".
func (p *Path) String() string {
	var b strings.Builder
	b.WriteString(p.Root.String())
	if p.From != "" {
		b.WriteString(" " + p.From)
	}
	for _, s := range p.Steps {
		b.WriteString(" -> " + s.Name)
		if s.Times > 1 {
			fmt.Fprintf(&b, " x %d", s.Times)
		}
	}
	return b.String()
}

// A Paths finds shortest paths. It holds 4 bytes for each object.
type Paths struct {
	d      *Dump
	before []uint32
}

// Paths prepares shortest paths from roots to all objects, in O(n+m) time.
func (d *Dump) Paths() *Paths { return &Paths{d, d.out.shortest(d.all())} }

// To returns a shortest path to an object, or nil if it is garbage.
func (p *Paths) To(object int) *Path {
	if object < 0 || object >= p.d.Len() || p.before[object] == none {
		return nil
	}
	var nodes []uint32
	v := uint32(object)
	for ; v < uint32(p.d.Len()); v = p.before[v] {
		nodes = append(nodes, v)
	}
	slices.Reverse(nodes)
	path := &Path{Root: p.d.root(v)}
	path.From = p.d.from(path.Root, nodes[0])
	for _, n := range nodes {
		path.step(p.d, n)
	}
	return path
}

// step appends an object.
func (p *Path) step(d *Dump, node uint32) {
	name := d.Describe(int(node))
	if n := len(p.Steps); n > 0 && p.Steps[n-1].Name == name {
		p.Steps[n-1].Object = int(node)
		p.Steps[n-1].Times++
		return
	}
	p.Steps = append(p.Steps, Step{int(node), 1, name})
}

// from says by which of its pointers a root holds an object.
func (d *Dump) from(r *Root, object uint32) string {
	for _, s := range r.slots {
		if d.find(s.to) != object {
			continue
		}
		switch {
		case r.Kind == Stack && s.where < uint64(len(r.stack.Frames)):
			return "in " + r.stack.Frames[s.where].Func
		case r.Kind == Global && s.where > 0:
			return fmt.Sprintf("+%#x", s.where)
		}
		return ""
	}
	return ""
}

// A Route is what the shortest paths of many objects have in common: the root without the numbers of goroutines, and the objects on the way by
// name.
type Route struct {
	Path           string
	Bytes, Objects uint64
}

// mostPaths is how many paths Routes follows.
const mostPaths = 10_000

// Routes finds the shortest paths to all objects whose name (see Dump.Describe) contains a text, and counts equal ones together, the largest
// first. It looks at all reachable objects, but follows at most 10 000 paths, evenly chosen; found says how many there are.
func (p *Paths) Routes(name string) (list []Route, found int) {
	objects := p.named(name)
	every := (len(objects) + mostPaths - 1) / mostPaths
	groups := map[string]*Kind{}
	for i := 0; i < len(objects); i += max(every, 1) {
		o := int(objects[i])
		text := p.To(o).route()
		if groups[text] == nil {
			groups[text] = &Kind{Name: text}
		}
		groups[text].Objects++
		groups[text].Bytes += p.d.size(objects[i])
	}
	for _, k := range largest(groups, len(groups)) {
		list = append(list, Route{k.Name, k.Bytes, k.Objects})
	}
	return list, len(objects)
}

// named returns the reachable objects whose name contains a text.
func (p *Paths) named(text string) []uint32 {
	matches := make([]int8, len(p.d.shapes)) // by shape: 0 unknown, 1 yes, -1 no
	var list []uint32
	for i := range uint32(p.d.Len()) {
		if p.before[i] == none {
			continue
		}
		match := &matches[p.d.shape[i]]
		if _, sampled := p.d.samples[i]; sampled {
			match = new(int8)
		}
		if *match == 0 {
			*match = -1
			if strings.Contains(p.d.Describe(int(i)), text) {
				*match = 1
			}
		}
		if *match > 0 {
			list = append(list, i)
		}
	}
	return list
}

// route writes the path without what differs among equals.
func (p *Path) route() string {
	names := []string{p.Root.Key()}
	if p.From != "" && p.Root.Kind == Stack {
		names[0] += " " + p.From
	}
	for _, s := range p.Steps {
		names = append(names, strings.Replace(s.Name, " of ", " like ", 1)) // whether one of them was sampled is chance
	}
	return strings.Join(names, " -> ")
}
