package diagnose

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// inVain says what goroutines of a kind wait for, and that it will not come.
var inVain = map[kind]string{onSend: "send to %s, and nobody will receive", onReceive: "receive from %s, and nobody will send or close",
	onGroup: "return from %s.Wait, and nobody will call Done", onCond: "return from %s.Wait, and nobody will signal"}

// unserved reports goroutines that wait for a confined variable when nobody who can touch it comes to what they wait for any more.
func (c *inquiry) unserved(d waitgraph.Deadlock, g *goroutine, k *confined) {
	call := c.callOf(g, k)
	var all []*goroutine
	for _, q := range g.all {
		if c.alone[q] == k && c.forsaken(q) && !c.said[q.ID] && c.callOf(q, k) == call {
			all = append(all, q)
		}
	}
	family, runs := c.family(k, call)
	f := finding.Finding{Kind: "no-peer", Certainty: finding.Likely, Fix: "see where " + k.name + " is used besides " + g.at()}
	switch {
	case g.kind == onSelect:
		f.Title = waitgraph.Count(len(all), "goroutine is", "goroutines are") + " in a select at " + g.at() + ", and nobody will do what its cases wait for"
	case !runs && g.kind != onGroup:
		f.Kind, f.Fix = "early-return", early(k, g.kind)
		f.Title = fmt.Sprintf("leak: %s to %s, which only %s knew, and that has returned", waitgraph.Count(len(all), "goroutine waits", "goroutines wait"),
			map[kind]string{onSend: "send to ", onReceive: "receive from "}[g.kind]+k.name, k.maker.title())
	default:
		f.Title = waitgraph.Count(len(all), "goroutine waits", "goroutines wait") + " to " + fmt.Sprintf(inVain[g.kind], k.name)
	}
	for _, q := range all {
		if q.addr != 0 && !slices.Contains(f.Objects, q.addr) && len(f.Objects) < mostIDs {
			f.Objects = append(f.Objects, q.addr)
		}
	}
	behind := c.all(d.Behind)
	family = slices.DeleteFunc(family, func(q *goroutine) bool { return slices.Contains(all, q) })
	f.Evidence = append(linesOf(all), c.excuses(k, g.kind, family, runs)...)
	for _, l := range linesOf(behind) {
		f.Evidence = append(f.Evidence, "behind: "+l)
	}
	c.add(f, append(all, behind...)...)
}

// early says how to let goroutines end when the function that started them returns early.
func early(k *confined, waits kind) string {
	if waits == onSend {
		return "give " + k.name + " room for every sender, or let the senders end with a context"
	}
	return "close " + k.name + " on every way out of " + k.maker.title() + ", or let the goroutine end with a context"
}

// forsaken reports whether nobody can meet any need of a goroutine.
func (c *inquiry) forsaken(g *goroutine) bool {
	i, ok := c.graph.Find(g.ID)
	if !ok || len(c.graph.Needs[i]) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.graph.Needs[i], func(n waitgraph.Need) bool { return n.Open || len(n.By) > 0 })
}

// family lists the goroutines that are in a call of the function that made a variable, or in its literals, and whether the function itself still runs.
func (c *inquiry) family(k *confined, call int64) (all []*goroutine, runs bool) {
	for _, p := range c.spots {
		made, inside := false, false
		for _, i := range p.users {
			if fr := &p.stack.Frames[i]; c.covers(k, fr) {
				fn := k.maker.file.exactly(fr)
				made, inside = made || fn == k.maker, inside || k.inside(fn)
			}
		}
		if !inside {
			continue
		}
		for _, g := range p.all {
			if of := c.callOf(g, k); of == call || of == 0 || call == 0 {
				all, runs = append(all, g), runs || made
			}
		}
	}
	return all, runs
}

// title names a function, a literal by its place.
func (fn *function) title() string {
	if _, is := fn.node.(*ast.FuncLit); is {
		return "the function at " + fn.place(fn.from)
	}
	return fn.name
}

// place returns file:line.
func (fn *function) place(line int) string {
	return position(&dump.Frame{File: fn.file.path(), Line: line})
}

// excuses says where the operation is that is missed, and why nobody comes to it.
func (c *inquiry) excuses(k *confined, waits kind, family []*goroutine, runs bool) []string {
	all := []string{k.only()}
	if waits != onSelect {
		all = append(all, k.missing(helps(waits)))
	}
	if !runs {
		all = append(all, k.maker.title()+" has returned")
	}
	for i, g := range family {
		if i == mostLines {
			return append(all, "and so for "+waitgraph.Thousands(len(family)-i)+" more")
		}
		all = append(all, number(g)+" is at "+g.within(k)+", and no way leads from there to it")
	}
	return all
}

// within returns where a goroutine is in the function that makes a variable.
func (g *goroutine) within(k *confined) string {
	for _, i := range g.users {
		if fr := &g.stack.Frames[i]; fr.File == k.maker.file.path() && k.maker.from <= fr.Line && fr.Line <= k.maker.to {
			return position(fr)
		}
	}
	return g.at()
}

// only says who can touch a variable.
func (k *confined) only() string {
	return "by the source only " + k.maker.title() + " and the literals in it can touch " + k.name
}

// missing says where some deeds stand in the source.
func (k *confined) missing(what deed) string {
	verb := map[deed]string{receives: k.name + " is received from", sends | closes: k.name + " is sent to or closed", finishes: k.name + ".Done comes"}[what]
	var list []string
	for _, l := range k.places(what) {
		list = append(list, k.maker.place(l))
	}
	if len(list) == 0 {
		return verb + " nowhere"
	}
	return verb + " at " + strings.Join(list, ", ") + " only"
}
