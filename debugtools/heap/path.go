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
