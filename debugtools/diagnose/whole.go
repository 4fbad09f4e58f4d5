package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// emptySelects reports goroutines in a select without cases that others wait for.
func emptySelects(c *inquiry) {
	for _, d := range c.graph.Stuck(waitgraph.Inferred) {
		g := c.byID[c.graph.Goroutines[d.Core[0]].ID]
		if !d.Orphan || g.kind != forever || len(d.Behind) == 0 || c.said[g.ID] {
			continue
		}
		behind := c.all(d.Behind)
		c.add(finding.Finding{Kind: "empty-select", Certainty: finding.Likely,
			Title:    fmt.Sprintf("%s for %s, which is in a select without cases", waitgraph.Count(len(behind), "goroutine waits", "goroutines wait"), number(g)),
			Evidence: linesOf(append([]*goroutine{g}, behind...)), Fix: "give the select at " + g.at() + " a case that ends it"}, append(behind, g)...)
	}
}

// blocked reports that nobody in the program can ever go on. It needs to know of everybody what they wait for, which needs sources: a message may come
// from a timer.
func blocked(c *inquiry) {
	if !c.closed() || strings.Contains(c.dump.Reason, "asleep") || c.dump.Form == dump.FormCounts || c.dump.Form == dump.FormProto { // they have no states
		return
	}
	some, waits := 0, false
	for _, p := range c.spots {
		if p.system || p.dumper {
			continue
		}
		some += len(p.all)
		waits = waits || p.kind != forever
	}
	if some == 0 || !waits {
		return
	}
	c.everybody(finding.Finding{Kind: "all-blocked", Certainty: finding.Likely,
		Title: fmt.Sprintf("deadlock: %s, and nothing here can wake them: no timer, no I/O, nobody who runs",
			waitgraph.Count(some, "goroutine of the program is blocked", "goroutines of the program are all blocked")),
		Fix: c.firstCause()}, "timers set by time.AfterFunc elsewhere are not in a dump")
}

// firstCause says what to look at in a program in which all are blocked.
func (c *inquiry) firstCause() string {
	for _, p := range c.spots {
		if p.system || p.dumper || p.wants == nil {
			continue
		}
		switch {
		case p.kind == onReceive:
			return "nobody will send to or close " + p.wants.text + ", for which " + p.name() + " waits at " + p.at()
		case p.kind == onGroup:
			return "somebody owes " + p.wants.text + ".Done, for which " + p.name() + " waits at " + p.at()
		}
	}
	return ""
}

// An idiom is what a group of goroutines is known to do in programs that are well.
type idiom struct {
	function string // the stack has it
	kind     kind   // and is in this state
	says     string
}

// idioms explain goroutines that people ask about.
var idioms = []idiom{
	{"net/http.(*conn).serve", inIO, "connections of net/http that are idle or read a request: normal"},
	{"net/http.(*persistConn).writeLoop", onSelect, "one for each open connection of a net/http client: normal"},
	{"net/http.(*persistConn).readLoop", inIO, "connections of a net/http client that are kept open: normal"},
	{"database/sql.(*DB).connectionOpener", onSelect, "one for each sql.DB: normal"},
	{"os/signal.loop", syscall, "waits for signals: normal"},
	{"os/exec.(*Cmd).", inIO, "copies the output of a child process: normal"},
}

// someIdle is from how many goroutines on an idiom is worth a note.
const someIdle = 3

// notes explains what is normal and what the dump cannot show.
func notes(c *inquiry) {
	for _, id := range idioms {
		n := 0
		for _, p := range c.spots {
			if (p.kind == id.kind || p.kind == unknown) && has(p.stack, id.function) {
				n += len(p.all)
			}
		}
		if n >= someIdle {
			c.add(finding.Finding{Kind: "normal", Confidence: 1, Title: fmt.Sprintf("%s in %s: %s", waitgraph.Count(n, "goroutine", "goroutines"), withPackage(id.function), id.says), Weight: float64(n)})
		}
	}
	c.limits()
}

// withPackage keeps the package of a function.
func withPackage(function string) string {
	return strings.NewReplacer("(*", "", ")", "").Replace(strings.TrimSuffix(function[strings.LastIndexByte(function, '/')+1:], "."))
}

// limits says what this dump cannot show, and what would.
func (c *inquiry) limits() {
	var locks, channels, owned int
	for i := range c.goroutines {
		g := &c.goroutines[i]
		owned += len(g.Waits) + len(g.Holds)
		if g.user < 0 || c.said[g.ID] {
			continue
		}
		switch {
		case g.kind.lock():
			locks++
		case (g.kind == onSend || g.kind == onReceive) && g.addr == 0:
			channels++
		}
	}
	note := func(title string) {
		c.add(finding.Finding{Kind: "not-shown", Confidence: 1, Title: title})
	}
	if locks > 0 && owned == 0 {
		note(waitgraph.Count(locks, "goroutine waits", "goroutines wait") + " for locks whose holders no plain dump shows; a program that records owners prints them")
	}
	if channels > 0 && c.dump.Form == dump.FormStack {
		note(waitgraph.Count(channels, "wait", "waits") + " at channels cannot be told apart: a dump by SIGQUIT has their addresses")
	}
	if c.dump.Form == dump.FormCounts || c.dump.Form == dump.FormProto {
		note("a profile has no states, waits and addresses: ask for ?debug=2, or send SIGQUIT")
	}
	if slices.ContainsFunc(c.spots, func(p *spot) bool { return p.user >= 0 && !p.sourced }) {
		note("without the sources of the program, no holder is inferred and no peer is looked for")
	}
	if c.dump.Truncated {
		note("the dump is truncated: who is missing may hold what others wait for")
	}
}
