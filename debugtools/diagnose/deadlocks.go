package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// number returns "G12".
func number(g *goroutine) string { return fmt.Sprintf("G%d", g.ID) }

// line describes a goroutine in one line of evidence.
func (g *goroutine) line() string {
	s := fmt.Sprintf("%s  %s  %s  at %s", number(g), g.name(), g.State, g.at())
	if g.wants != nil {
		s += "  (" + g.wants.text + ")"
	}
	if g.Minutes > 0 {
		s += fmt.Sprintf("  since %d min", g.Minutes)
	}
	if f := &g.stack.Creator; f.Func != "" && userCode(f) {
		s += "  started at " + position(f)
	}
	return s
}

// mostLines bounds the lines of evidence about goroutines.
const mostLines = 6

// lines describes goroutines, the first few of them.
func linesOf(all []*goroutine) []string {
	var out []string
	for i, g := range all {
		if i == mostLines {
			return append(out, fmt.Sprintf("and %s more", waitgraph.Thousands(len(all)-i)))
		}
		out = append(out, g.line())
	}
	return out
}

// deadlocks reports what the graph says: proved where its edges are in the dump, likely where they are inferred.
func deadlocks(c *inquiry) {
	for _, least := range []waitgraph.Known{waitgraph.InText, waitgraph.Inferred} {
		for _, d := range c.graph.Stuck(least) {
			core := c.all(d.Core)
			if slices.ContainsFunc(core, func(g *goroutine) bool { return c.said[g.ID] }) {
				continue
			}
			if d.Orphan {
				c.orphan(d, core[0])
				continue
			}
			f := c.cycle(d, core)
			f.Certainty = finding.Likely
			if least > waitgraph.Inferred {
				f.Certainty = finding.Proved
			}
			f.Evidence = append(f.Evidence, c.graph.Text(d)...)
			if least == waitgraph.Inferred {
				f.Evidence = append(append(f.Evidence, c.owns(core)...), c.how(d))
			}
			f.Weight = float64(len(d.Core) + len(d.Behind))
			f.Objects = c.objects(d)
			c.add(f, slices.Concat(core, c.all(d.Behind))...)
		}
	}
}

// all returns the goroutines of nodes.
func (c *inquiry) all(nodes []int) []*goroutine {
	var out []*goroutine
	for _, n := range nodes {
		out = append(out, c.byID[c.graph.Goroutines[n].ID])
	}
	return out
}

// objects returns the addresses that a core waits for.
func (c *inquiry) objects(d waitgraph.Deadlock) []uint64 {
	var all []uint64
	for _, m := range d.Core {
		for _, n := range c.graph.Needs[m] {
			if a := c.graph.Objects[n.Object].Addr; a != 0 && !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// how says on what inferred edges rest.
func (c *inquiry) how(d waitgraph.Deadlock) string {
	for _, m := range d.Core {
		for _, n := range c.graph.Needs[m] {
			if !n.All && len(n.By) > 0 && n.Known == waitgraph.Inferred {
				return "inferred: by the source no other goroutine of this dump holds or serves it"
			}
		}
	}
	return "inferred: by the source the line lies behind the lock, and an argument of the frame points to its struct"
}

// owns says which variables of their own goroutines wait for.
func (c *inquiry) owns(core []*goroutine) []string {
	var all []string
	for _, g := range core {
		if k := c.alone[g]; k != nil && !slices.Contains(all, k.only()) {
			all = append(all, k.only())
		}
	}
	return all
}

// orphan reports a goroutine that nobody can let go on, where the program has recorded that.
func (c *inquiry) orphan(d waitgraph.Deadlock, g *goroutine) {
	if !g.kind.lock() || d.Known < waitgraph.Recorded {
		c.nobody(d, g)
		return
	}
	waiting := append([]*goroutine{g}, c.all(d.Behind)...)
	for i := range c.goroutines {
		if q := &c.goroutines[i]; q != g && q.addr == g.addr && q.kind.lock() {
			waiting = append(waiting, q)
		}
	}
	at := ""
	if len(g.Waits) > 0 && g.Waits[0].At != "" {
		at = ", which locked it at " + bare(g.Waits[0].At)
	}
	c.add(finding.Finding{Kind: "owner-gone", Certainty: finding.Proved, Objects: []uint64{g.addr},
		Title:    waitgraph.Count(len(waiting), "goroutine waits", "goroutines wait") + " for a lock whose owner has ended without unlocking it",
		Evidence: append([]string{fmt.Sprintf("%s %#x belongs to a goroutine that has ended%s", g.kind.object(), g.addr, at)}, linesOf(waiting)...),
		Fix:      "unlock on every way out: defer Unlock right behind Lock" + at}, waiting...)
}

// nobody reports a goroutine that waits for something which nobody will do: in a program in which nothing else can happen, or as nobody else can do it.
func (c *inquiry) nobody(d waitgraph.Deadlock, g *goroutine) {
	if k := c.alone[g]; k != nil {
		c.unserved(d, g, k)
		return
	}
	what := inVain[g.kind]
	if what == "" || g.wants == nil || !c.closed() {
		return
	}
	var all []*goroutine
	for _, q := range g.all {
		if !c.said[q.ID] && q.addr == g.addr {
			all = append(all, q)
		}
	}
	c.add(finding.Finding{Kind: "no-peer", Certainty: finding.Likely,
		Title:    waitgraph.Count(len(all), "goroutine waits", "goroutines wait") + " to " + fmt.Sprintf(what, g.wants.text),
		Evidence: append(linesOf(all), "inferred: by the source nobody who is left comes to it"), Fix: "see where " + g.wants.text + " is used besides " + g.at()}, all...)
}

// cycle names a deadlock by what its core waits for.
func (c *inquiry) cycle(d waitgraph.Deadlock, core []*goroutine) finding.Finding {
	locks, reads, writes := true, false, false
	for _, g := range core {
		locks = locks && g.kind.lock()
		reads, writes = reads || g.kind == toRead, writes || g.kind == onReaders
	}
	g := core[0]
	switch {
	case len(core) == 1:
		return c.selfLock(d, g)
	case slices.ContainsFunc(core, func(g *goroutine) bool { return g.kind == onOnce }) && locks:
		return finding.Finding{Kind: "once-cycle", Title: fmt.Sprintf("deadlock: %d goroutines are each in a sync.Once that another one waits for", len(core)),
			Fix: "initialise in one order, or all of it in one Once"}
	case len(core) == 2 && reads && writes:
		r, w := g, core[1]
		if g.kind != toRead {
			r, w = w, g
		}
		return finding.Finding{Kind: "recursive-read-lock", Title: fmt.Sprintf("deadlock: %s read-locks %s again while the writer %s waits", number(r), wanted(r), number(w)),
			Fix: "do not RLock twice: read with the lock held at " + r.at()}
	case locks:
		return finding.Finding{Kind: "lock-cycle", Title: fmt.Sprintf("deadlock: %d goroutines wait in a cycle of locks", len(core)),
			Fix: "lock in one order everywhere: see " + whereTheyAre(core)}
	}
	return finding.Finding{Kind: "wait-cycle", Title: fmt.Sprintf("deadlock: %d goroutines wait for each other: %s", len(core), reasons(core)),
		Fix: "do not wait for others with a lock held or a message unread: see " + whereTheyAre(core)}
}

// selfLock names a goroutine that waits for itself.
func (c *inquiry) selfLock(d waitgraph.Deadlock, g *goroutine) finding.Finding {
	switch {
	case g.kind == onOnce:
		return finding.Finding{Kind: "once-recursive", Title: fmt.Sprintf("deadlock: %s calls %s.Do within the function that this Once runs", number(g), wanted(g)),
			Fix: "take the inner call at " + g.at() + " out of the function"}
	case g.kind == onReaders:
		return finding.Finding{Kind: "rwmutex-upgrade", Title: fmt.Sprintf("deadlock: %s locks %s for writing while it holds it for reading", number(g), wanted(g)),
			Fix: "unlock before locking for writing at " + g.at() + ", and check again what was read"}
	case g.kind.lock():
		return finding.Finding{Kind: "self-lock", Title: fmt.Sprintf("deadlock: %s locks %s, which it holds already", number(g), wanted(g)),
			Fix: "split the function that locks at " + g.at() + ": a part without the lock for those who hold it"}
	}
	return finding.Finding{Kind: "wait-inside", Title: fmt.Sprintf("deadlock: %s waits for itself: %s", number(g), g.State), Fix: "do not wait at " + g.at()}
}

// wanted names what a goroutine waits for.
func wanted(g *goroutine) string {
	if g.wants != nil {
		return g.wants.text
	}
	return "a " + g.kind.object()
}

// reasons lists the distinct states of goroutines.
func reasons(all []*goroutine) string {
	var list []string
	for _, g := range all {
		if !slices.Contains(list, g.State) {
			list = append(list, g.State)
		}
	}
	return strings.Join(list, ", ")
}

// whereTheyAre lists where goroutines are, the first few.
func whereTheyAre(all []*goroutine) string {
	var list []string
	for _, g := range all {
		if at := g.at(); !slices.Contains(list, at) && len(list) < 4 {
			list = append(list, at)
		}
	}
	return strings.Join(list, ", ")
}

// nilChannels reports operations on nil channels: they never end.
func nilChannels(c *inquiry) {
	for _, p := range c.spots {
		if p.kind != onNil {
			continue
		}
		what := "receive from"
		if strings.HasPrefix(p.all[0].State, "chan send") {
			what = "send to"
		}
		name := "a nil channel"
		if p.wants != nil {
			name = "the nil channel " + p.wants.text
		}
		c.add(finding.Finding{Kind: "nil-channel", Certainty: finding.Proved,
			Title:    waitgraph.Count(len(p.all), "goroutine waits", "goroutines wait") + " forever to " + what + " " + name,
			Evidence: linesOf(p.all), Fix: "make the channel before it is used at " + p.at()}, p.all...)
	}
}

// leakedMarks reports goroutines that the collector found unreachable.
func leakedMarks(c *inquiry) {
	for _, p := range c.spots {
		var leaked []*goroutine
		for _, g := range p.all {
			if g.Flags&dump.Leaked != 0 && !c.said[g.ID] {
				leaked = append(leaked, g)
			}
		}
		if len(leaked) == 0 {
			continue
		}
		c.add(finding.Finding{Kind: "leaked", Certainty: finding.Proved,
			Title:    waitgraph.Count(len(leaked), "goroutine is", "goroutines are") + " leaked in " + p.name() + " (" + p.all[0].State + "): nobody can reach what they wait for",
			Evidence: append(linesOf(leaked), "the mark (leaked) is the collector's"), Fix: "let whoever starts it also end it: " + p.at()}, leaked...)
	}
}

// asleep reports what the runtime or a bubble has found itself.
func asleep(c *inquiry) {
	reason := c.dump.Reason
	switch {
	case strings.Contains(reason, "all goroutines are asleep"):
		c.everybody(finding.Finding{Kind: "all-asleep", Certainty: finding.Proved, Title: "deadlock: all goroutines are asleep, as the runtime itself has found"}, reason)
	case strings.Contains(reason, "deadlock: main bubble goroutine has exited") || strings.Contains(reason, "all goroutines in bubble are blocked"):
		c.everybody(finding.Finding{Kind: "bubble-deadlock", Certainty: finding.Proved, Title: "deadlock in a synctest bubble: all goroutines in it are blocked"}, reason)
	}
}

// everybody adds a finding about all goroutines of the user, those with the fewest in front.
func (c *inquiry) everybody(f finding.Finding, first string) {
	var all []*goroutine
	for _, p := range c.spots {
		if !p.system && !p.dumper {
			all = append(all, p.all...)
		}
	}
	f.Evidence = append([]string{first}, linesOf(all)...)
	f.Weight = float64(len(all))
	for _, g := range all {
		if len(f.Goroutines) < mostIDs {
			f.Goroutines = append(f.Goroutines, g.ID)
		}
	}
	c.add(f)
}
