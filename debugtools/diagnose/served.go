package diagnose

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// mostEdges bounds the edges that are drawn from those who wait for confined variables to those who can serve them.
const mostEdges = 1_000_000

// An errand is something that somebody waits for to be done with a confined variable.
type errand struct {
	on   *confined
	what deed
}

// A crew is everybody in a dump who can still run an errand, by the call of its function that they belong to: 0 where that is not known.
type crew struct {
	all  []*goroutine
	from map[int64][]*goroutine
}

// A wanting is a variable that the goroutines of a spot wait for.
type wanting struct {
	*spot
	want *operand
}

// confinedTo returns the confined variable that a goroutine waits for, or nil if it is none, or the dump or the source leave a doubt.
func (o *owners) confinedTo(g *goroutine, k kind, want *operand) *confined {
	key := wanting{g.spot, want}
	c, known := o.confined[key]
	if !known {
		c = o.keeps(g.spot, k, want)
		o.confined[key] = c
	}
	return c
}

// keeps is confinedTo for the goroutines of a spot.
func (o *owners) keeps(g *spot, k kind, want *operand) *confined {
	if o.partial || o.unsteady || want == nil || want.id == nil || g.user < 0 || len(o.spots) > mostSpots {
		return nil
	}
	fr := g.frame()
	f := o.src.file(fr.File)
	if f == nil {
		return nil
	}
	fn := f.exactly(fr)
	if fn == nil || f.innermost(want.id.Pos()) != fn || fn.waits(g.kind, fr.Line) != 1 {
		return nil
	}
	c := f.confined(want.id)
	if c == nil || c.handsOut(helps(k)) || fn == c.maker && len(c.places(helps(k))) == 0 { // the last is how programs wait on purpose for ever
		return nil
	}
	return c
}

// waits counts the operations on a line in which a goroutine of a kind can be.
func (fn *function) waits(k kind, line int) int {
	n := 0
	fn.visit(line, func(x ast.Node) {
		if _, is := x.(*ast.SelectStmt); is && k == onSelect || k != onSelect && wantedBy(x, k) != nil {
			n++
		}
	})
	return n
}

// served adds those who can still end a wait for a confined variable to a need, which nobody else can meet then. It reports false if the variable is not
// confined.
func (o *owners) served(g *goroutine, k kind, want *operand, n *waitgraph.Need) bool {
	c := o.confinedTo(g, k, want)
	if c == nil {
		return false
	}
	crew := o.crewOf(errand{c, helps(k)})
	list := crew.all
	if call := o.callOf(g, c); call != 0 {
		list = slices.Concat(crew.from[call], crew.from[0])
	}
	if o.edges += len(list); o.edges > mostEdges || slices.ContainsFunc(list, func(q *goroutine) bool { return q.kind == forever }) {
		return false // who is in a select without cases, with a deferred operation, means to live as long as the program
	}
	for _, q := range list {
		if q != g {
			n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(q), Known: waitgraph.Inferred})
		}
	}
	o.alone[g] = c
	return true
}

// crewOf returns everybody who can run an errand.
func (o *owners) crewOf(e errand) *crew {
	if known := o.crews[e]; known != nil {
		return known
	}
	all := &crew{from: map[int64][]*goroutine{}}
	o.crews[e] = all
	for _, p := range o.spots {
		if !o.able(p, e) {
			continue
		}
		all.all = append(all.all, p.all...)
		for _, g := range p.all {
			call := o.callOf(g, e.on)
			all.from[call] = append(all.from[call], g)
		}
	}
	return all
}

// able reports whether the goroutines of a spot can still run an errand, or may: where the source does not tell in which function they are.
func (o *owners) able(p *spot, e errand) bool {
	inside := false
	for _, i := range p.users {
		fr := &p.stack.Frames[i]
		if !o.covers(e.on, fr) {
			continue
		}
		fn := e.on.maker.file.exactly(fr)
		if fn == nil {
			return true
		}
		if !e.on.inside(fn) {
			continue
		}
		inside = true
		s := stand{fn: fn, line: fr.Line}
		if i == p.user {
			s.in = map[kind]deed{onSend: sends, onReceive: receives}[p.kind]
		}
		if e.on.reaches(s, e.what) {
			return true
		}
	}
	return !inside && o.begins(p, e.on)
}

// covers reports whether the line of a frame is one of the function that makes a variable.
func (s *scene) covers(c *confined, fr *dump.Frame) bool {
	return c.maker.from <= fr.Line && fr.Line <= c.maker.to && s.src.file(fr.File) == c.maker.file
}

// begins reports whether the goroutines of a spot may be about to begin what a function has started, or to tell that it has ended.
func (s *scene) begins(p *spot, c *confined) bool {
	if p.inGroup && len(p.users) == 0 {
		return true
	}
	if i := slices.IndexFunc(p.stack.Frames, func(fr dump.Frame) bool { return fr.Package() != "runtime" }); i >= 0 {
		if fr := &p.stack.Frames[i]; wrapper(fr) && s.covers(c, fr) {
			return true
		}
	}
	return slices.ContainsFunc(p.stack.Frames, func(fr dump.Frame) bool { return strings.Contains(fr.Func, "errgroup.(*Group).Go.func") })
}

// callOf tells the calls of a function apart by the goroutines that made them: it returns the goroutine which made the one that g is in, or was started
// by, or 0 if that is not certain.
func (s *scene) callOf(g *goroutine, c *confined) int64 {
	var outer *function
	calls := 0
	for _, i := range g.users {
		fr := &g.stack.Frames[i]
		if !s.covers(c, fr) {
			continue
		}
		fn := c.maker.file.exactly(fr)
		if fn == nil {
			return 0
		}
		if c.inside(fn) {
			outer = fn
		}
		if fn == c.maker {
			calls++
		}
	}
	switch by := c.started[outer]; {
	case calls == 1:
		return g.ID
	case calls > 1 || len(by) == 0 || slices.ContainsFunc(by, func(fn *function) bool { return fn != c.maker }):
		return 0
	}
	return g.Parent
}
