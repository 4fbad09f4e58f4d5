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

// brokenPromises reports goroutines in a Wait of a wait group that counts themselves.
func brokenPromises(c *inquiry) {
	for _, p := range c.spots {
		if p.kind != onGroup || p.wants == nil {
			continue
		}
		own := c.src.ownDone(p)
		if own == "" {
			continue
		}
		c.add(finding.Finding{Kind: "wait-inside", Certainty: finding.Likely,
			Title:    waitgraph.Count(len(p.all), "goroutine waits", "goroutines wait") + " for " + p.wants.text + ", to which they owe a Done themselves",
			Evidence: append([]string{"the Done comes after the Wait: " + own}, linesOf(p.all)...), Fix: "do not wait at " + p.at() + " in what the group counts"}, p.all...)
	}
}

// ownDone returns where the frames of a stack will call Done on the wait group that they wait for, or "".
func (s *sources) ownDone(p *spot) string {
	for _, d := range s.doings(p) {
		same := d.on.text == p.wants.text && d.frame == p.user || d.on.home != "" && d.on.home == p.wants.home
		if d.does == finishes && d.deferred && !d.spawned && same {
			return position(&dump.Frame{File: p.stack.Frames[d.frame].File, Line: d.line})
		}
	}
	return ""
}

// lostPeers reports goroutines that send to or receive from a channel that only one call knew, after that call has returned: the early return.
func lostPeers(c *inquiry) {
	for _, p := range c.spots {
		if p.kind != onSend && p.kind != onReceive || p.wants == nil || p.wants.home == "" || c.said[p.all[0].ID] {
			continue
		}
		maker := c.src.onlyKnownTo(p)
		if maker == nil {
			continue
		}
		var lost []*goroutine
		for _, g := range p.all {
			if g.Parent > 0 && !c.within(c.byID[g.Parent], maker) && !c.siblingServes(g, maker) {
				lost = append(lost, g)
			}
		}
		if len(lost) == 0 {
			continue
		}
		what, fix := "send to", "give the channel room for every sender at "
		if p.kind == onReceive {
			what, fix = "receive from", "close the channel on every way out of the function that starts it at "
		}
		c.add(finding.Finding{Kind: "early-return", Certainty: finding.Likely,
			Title: fmt.Sprintf("leak: %s to %s %s, which only %s knew, and that has returned", waitgraph.Count(len(lost), "goroutine waits", "goroutines wait"), what,
				p.wants.text, maker.name),
			Evidence: linesOf(lost), Fix: fix + position(&p.stack.Creator) + ", or let the goroutine end with a context"}, lost...)
	}
}

// onlyKnownTo returns the function that made the channel that the goroutines of a stack wait for, if they are literals in it and nobody else can have it.
func (s *sources) onlyKnownTo(p *spot) *function {
	fn := s.functionOf(p.frame())
	maker := s.functionOf(&p.stack.Creator)
	if fn == nil || maker == nil || p.wants.elem == "" {
		return nil
	}
	name := p.wants.text
	for at := fn; at != nil; at = at.outer {
		if at == maker && p.wants.home == maker.home(name) && maker.makes(name) && !maker.escapes(name) {
			return maker
		}
	}
	return nil
}

// makes reports whether a name is a channel that a function makes itself.
func (fn *function) makes(name string) bool {
	_, _, parameter := fn.parameter(name)
	t, ok := fn.local(name, fn.body.End())
	return ok && !parameter && elemName(t) != ""
}

// escapes reports whether a variable of a function may be seen by anybody but the function and the literals in it: it is used for anything but sends, receives,
// ranges, close, len and cap.
func (fn *function) escapes(name string) bool {
	allowed := map[ast.Node]bool{}
	out := false
	ast.Inspect(fn.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			allowed[n.Chan] = true
		case *ast.UnaryExpr:
			allowed[n.X] = n.Op.String() == "<-"
		case *ast.RangeStmt:
			allowed[n.X] = true
		case *ast.CallExpr:
			if f := calledName(n); (f == "close" || f == "len" || f == "cap") && len(n.Args) == 1 {
				allowed[n.Args[0]] = true
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				allowed[l] = n.Tok.String() == ":="
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				allowed[id] = true
			}
		case *ast.Ident:
			out = out || n.Name == name && !allowed[n]
		}
		return true
	})
	return out
}

// within reports whether a goroutine is in a function.
func (c *inquiry) within(g *goroutine, fn *function) bool {
	if g == nil {
		return false
	}
	return slices.ContainsFunc(g.users, func(i int) bool {
		f := &g.stack.Frames[i]
		return c.src.file(f.File) == fn.file && fn.from <= f.Line && f.Line <= fn.to
	})
}

// siblingServes reports whether a goroutine that the same call has started may still do what another one waits for.
func (c *inquiry) siblingServes(g *goroutine, maker *function) bool {
	for _, p := range c.spots {
		if p == g.spot || c.src.file(p.stack.Creator.File) != maker.file || p.stack.Creator.Line < maker.from || maker.to < p.stack.Creator.Line {
			continue
		}
		if slices.ContainsFunc(c.src.doings(p), func(d doing) bool { return d.does&helps(g.kind) != 0 && d.on.alike(g.wants) }) &&
			slices.ContainsFunc(p.all, func(q *goroutine) bool { return q.Parent == g.Parent }) {
			return true
		}
	}
	return false
}

// Numbers of goroutines from which on a pattern is believed.
const (
	fewSenders  = 4   // abandoned in one place
	manyClocks  = 8   // that wait for a clock or a context only
	fewBodies   = 4   // of responses
	manySpawned = 256 // started by one goroutine in one place, waiting for their turn
)

// leakedSenders reports groups of goroutines that send where nobody receives any more: each on a channel of its own, and no goroutine's source says
// that it will receive.
func leakedSenders(c *inquiry) {
	for _, p := range c.spots {
		if p.kind != onSend || len(p.all) < fewSenders || p.user < 0 || c.said[p.all[0].ID] || p.wants == nil || c.blind || c.busy || c.awake {
			continue
		}
		addrs := map[uint64]bool{}
		for _, g := range p.all {
			addrs[g.addr] = true
		}
		if !addrs[0] && len(addrs) < len(p.all) || c.anybodyDoes(receives, p) {
			continue
		}
		c.add(finding.Finding{Kind: "abandoned-senders", Certainty: finding.Likely,
			Title:    fmt.Sprintf("leak: %s to send to %s, and nobody here receives", waitgraph.Count(len(p.all), "goroutine waits", "goroutines wait"), p.wants.text),
			Evidence: linesOf(p.all), Fix: "let the sender at " + p.at() + " end with a context, or give the channel room"}, p.all...)
	}
}

// anybodyDoes reports whether the source of another goroutine says that it will do something for those of a spot.
func (c *inquiry) anybodyDoes(what deed, p *spot) bool {
	return slices.ContainsFunc(c.spots, func(q *spot) bool {
		return q != p && slices.ContainsFunc(c.src.doings(q), func(d doing) bool { return d.does&what != 0 && d.on.alike(p.wants) })
	})
}

// orphans returns the goroutines of a spot whose starter is gone, together with everybody else whom it started.
func (c *inquiry) orphans(p *spot) []*goroutine {
	if c.children == nil {
		c.children = map[int64]int{}
		for i := range c.goroutines {
			c.children[c.goroutines[i].Parent]++
		}
	}
	var all []*goroutine
	for _, g := range p.all {
		if g.Parent > 0 && c.byID[g.Parent] == nil && c.children[g.Parent] == 1 {
			all = append(all, g)
		}
	}
	return all
}

// clocks reports groups that wait only for a clock or the end of a context, whose starters are gone.
func (c *inquiry) clocks(kind string, waits func(*operand) bool, title, fix string) {
	for _, p := range c.spots {
		if p.kind != onReceive || p.wants == nil || !waits(p.wants) || len(p.all) < manyClocks || c.said[p.all[0].ID] {
			continue
		}
		if lost := c.orphans(p); len(lost) >= manyClocks {
			c.add(finding.Finding{Kind: kind, Certainty: finding.Likely, Title: fmt.Sprintf("leak: %s %s", waitgraph.Count(len(lost), "goroutine", "goroutines"), title),
				Evidence: append([]string{"the goroutines that started them have ended, and each started only this one"}, linesOf(lost)...), Fix: fix + p.at()}, lost...)
		}
	}
}

// contexts reports goroutines that wait for contexts which nobody cancels.
func contexts(c *inquiry) {
	c.clocks("context-not-cancelled", func(o *operand) bool { return strings.HasSuffix(o.text, ".Done()") },
		"wait for a context to be cancelled, and who started them is gone", "call the cancel function of the context when its work is done, also for ")
}

// tickers reports goroutines in loops over tickers that nobody ends.
func tickers(c *inquiry) {
	c.clocks("ticker-not-stopped", func(o *operand) bool { return o.field == "C" || strings.HasPrefix(o.text, "time.Tick(") },
		"run a ticker for ever, and who started them is gone", "give the loop a way out besides the ticker, and stop it: ")
}

// bodies reports responses of net/http whose bodies nobody reads to the end or closes.
func bodies(c *inquiry) {
	var open []*goroutine
	users := 0
	for _, p := range c.spots {
		switch {
		case p.kind == onSelect && len(p.stack.Frames) > 0 && innermost(p.stack, "net/http.(*persistConn).readLoop"):
			open = append(open, p.all...)
		case !p.system && !p.dumper && !p.accepts:
			users += len(p.all)
		}
	}
	if len(open) < fewBodies || users >= len(open) {
		return
	}
	c.add(finding.Finding{Kind: "body-not-closed", Certainty: finding.Likely,
		Title:    fmt.Sprintf("leak: %d responses of net/http have open bodies, and only %s could read them", len(open), waitgraph.Count(users, "goroutine", "goroutines")),
		Evidence: append([]string{"a connection that is idle waits for the network; these wait for a body to be read or closed (readLoop in select)"}, linesOf(open)...),
		Fix:      "close Response.Body on every way, also where the status is wrong"}, open...)
}

// innermost reports whether a function is the innermost one but those of the runtime.
func innermost(s *dump.Stack, function string) bool {
	for i := range s.Frames {
		if s.Frames[i].Func == function {
			return true
		} else if !strings.HasPrefix(s.Frames[i].Func, "runtime.") {
			return false
		}
	}
	return false
}

// pools reports goroutines that wait for a connection of database/sql while nobody uses one.
func pools(c *inquiry) {
	var waiting []*goroutine
	for _, p := range c.spots {
		if p.system || p.dumper {
			continue
		}
		inConn := has(p.stack, "database/sql.(*DB).conn")
		if inConn && p.kind == onSelect {
			waiting = append(waiting, p.all...)
		} else if has(p.stack, "database/sql.") {
			return // somebody works with a connection
		}
	}
	if len(waiting) == 0 || c.busy || c.awake {
		return
	}
	c.add(finding.Finding{Kind: "pool-exhausted", Certainty: finding.Likely,
		Title:    waitgraph.Count(len(waiting), "goroutine waits", "goroutines wait") + " for a connection of database/sql, and no goroutine works with one",
		Evidence: linesOf(waiting), Fix: "close Rows and end every Tx on every way; in a transaction use the Tx, not the DB"}, waiting...)
}

// has reports whether a stack has a function that begins so.
func has(s *dump.Stack, prefix string) bool {
	return slices.ContainsFunc(s.Frames, func(f dump.Frame) bool { return strings.HasPrefix(f.Func, prefix) })
}

// spawned reports that goroutines were started before there was room for them.
func spawned(c *inquiry) {
	for _, p := range c.spots {
		if len(p.all) < manySpawned || p.kind != onSend || p.user < 0 || c.said[p.all[0].ID] {
			continue
		}
		by := map[int64]int{}
		for _, g := range p.all {
			by[g.Parent]++
		}
		if by[p.all[0].Parent] < manySpawned || p.all[0].Parent == 0 {
			continue
		}
		c.add(finding.Finding{Kind: "unbounded-spawn", Certainty: finding.Likely,
			Title: fmt.Sprintf("%s started by one loop at %s wait for their turn (%s)", waitgraph.Count(len(p.all), "goroutine", "goroutines"), position(&p.stack.Creator),
				p.all[0].State),
			Evidence: linesOf(p.all), Fix: "take the turn before the go statement at " + position(&p.stack.Creator) + ", or start a fixed number of workers"}, p.all...)
	}
}
