package explain

import "strings"

// The ways to wait.
const (
	waitsForLock   = "lock"
	waitsToRead    = "read lock"
	waitsForSignal = "signal"
	waitsForGroup  = "group"
	waitsToSend    = "send"
	waitsToReceive = "receive"
	waitsToSelect  = "select"
	waitsForOnce   = "once"
	waitsForClock  = "clock"
	waitsFor       = "other"
)

// A Wait is a goroutine that cannot go on at the end of an execution, and why.
type Wait struct {
	Thread  int    `json:"thread"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`             // lock, read lock, signal, group, send, receive, select, once, clock or other
	Reason  string `json:"reason"`           // as the runtime calls it
	Site    Site   `json:"site"`             // in the code of the user, where there is one
	Object  int    `json:"object"`           // -1 if unknown
	For     []int  `json:"for,omitempty"`    // goroutines that would have to do something first
	Proved  bool   `json:"proved,omitempty"` // For is known from the steps, not inferred
	Step    int    `json:"step"`             // the index of the step at which it waits, -1 if unknown
	Because string `json:"because,omitempty"`

	by    int  // the index of its goroutine
	own   bool // it is of interest to somebody who tests their own code
	holds int  // the step at which the one it waits for took the lock, or -1
}

// reasonKinds are the words that tell the kinds in the reasons of the runtime. The first that fits counts.
var reasonKinds = []struct{ word, kind string }{
	{"RWMutex.RLock", waitsToRead}, {"RLock", waitsToRead}, {"Lock", waitsForLock}, {"Once", waitsForOnce}, {"Cond", waitsForSignal},
	{"WaitGroup", waitsForGroup}, {"chan send", waitsToSend}, {"Send", waitsToSend}, {"chan receive", waitsToReceive}, {"Receive", waitsToReceive},
	{"elect", waitsToSelect}, {"leep", waitsForClock},
}

// kindOf classifies a wait by its reason, or by the operation at which it waits.
func (t *trace) kindOf(reason string, at int) string {
	for _, r := range reasonKinds {
		if strings.Contains(reason, r.word) {
			return r.kind
		}
	}
	if at < 0 {
		return waitsFor
	}
	if isCondWait(t, at) {
		return waitsForSignal
	}
	kind := t.steps[at].Kind
	if kind == "Wait" {
		return waitsForGroup
	}
	for _, r := range reasonKinds {
		if strings.Contains(kind, r.word) {
			return r.kind
		}
	}
	return waitsFor
}

// waiting lists the goroutines that wait, own code first in mind: others are kept, but marked.
func (a *analysis) waiting() {
	for _, w := range a.waits {
		a.Waits = append(a.Waits, a.newWait(w))
	}
	if len(a.waits) > 0 || !a.waitingMatters() {
		return
	}
	for _, g := range a.threads { // the engine did not say; the steps do
		if at, ok := a.pending[g.index]; ok && !g.ended {
			s := a.steps[at]
			a.Waits = append(a.Waits, a.newWait(&Waiting{Thread: g.ID, Reason: s.Kind, Object: -1, Holder: -1, Stack: s.Stack}))
		}
	}
}

// newWait says what is known of one goroutine that waits.
func (a *analysis) newWait(w *Waiting) Wait {
	g := a.threads[a.byID[w.Thread]]
	n := Wait{Thread: g.ID, Name: g.name, Reason: clean(w.Reason), Object: w.Object, Step: -1, by: g.index, own: g.own, holds: -1}
	if at, ok := a.pending[g.index]; ok {
		n.Step = at
	}
	n.Kind = a.kindOf(w.Reason, n.Step)
	if n.Step >= 0 && a.steps[n.Step].Object >= 0 && a.kindOf("", n.Step) == n.Kind {
		n.Object = a.steps[n.Step].Object // surer than what an engine guesses
	}
	n.Object = max(n.Object, -1)
	n.Site, _ = first(w.Stack)
	if !n.Site.own() && n.Step >= 0 {
		n.Site = a.steps[n.Step].at()
	}
	if n.Reason == "" {
		n.Reason = n.Kind
	}
	if len(a.Waits) < maxWaits {
		a.blame(&n, w.Holder)
	}
	return n
}

// blame finds whom a goroutine waits for.
func (a *analysis) blame(n *Wait, holder int) {
	switch n.Kind {
	case waitsForLock, waitsToRead, waitsForOnce:
		a.blameHolders(n, holder)
	case waitsForGroup:
		n.For = a.owing(n)
	case waitsToSend:
		n.For = a.alive(n.by, a.users(a.trace, n.Object, "Receive"))
	case waitsToReceive:
		n.For = a.alive(n.by, a.users(a.trace, n.Object, "Send", "Close"))
	case waitsForSignal:
		n.For = a.alive(n.by, a.users(a.trace, n.Object, "Signal"))
	}
}

// blameHolders finds who holds a lock. A reader also waits for a writer that waits.
func (a *analysis) blameHolders(n *Wait, holder int) {
	for _, h := range a.holders[n.Object] {
		if n.Kind == waitsToRead && h.read || len(n.For) == maxFor {
			continue
		}
		n.For = append(n.For, a.threads[h.thread].ID)
		n.Proved, n.holds = true, h.step
	}
	if n.Kind == waitsToRead && len(n.For) == 0 {
		for _, g := range a.threads {
			at, ok := a.pending[g.index]
			if ok && n.Object >= 0 && a.steps[at].Object == n.Object && a.steps[at].Kind == "Lock" && len(n.For) < maxFor {
				n.For, n.Proved = append(n.For, g.ID), true
			}
		}
	}
	if _, known := a.byID[holder]; known && holder >= 0 && len(n.For) == 0 {
		n.For, n.Proved = []int{holder}, true
	}
}

// owing returns the goroutines that a wait group likely waits for: those alive that descend from the one that waits, or that the wait
// group itself started, and have not yet called Done.
func (a *analysis) owing(n *Wait) []int {
	done := map[int]bool{}
	for _, i := range a.byKind[use{n.Object, "Add"}] {
		done[a.steps[i].by] = true
	}
	var all []int
	for _, g := range a.threads {
		if len(all) < maxFor && g.index != n.by && !g.ended && !done[g.index] && a.descends(g, a.threads[n.by]) {
			all = append(all, g.ID)
		}
	}
	return all
}

// Limits that only an execution made to annoy reaches.
const (
	maxDepth   = 16   // generations of goroutines
	maxFor     = 64   // goroutines that one waits for
	maxHolders = 1024 // of one lock
	maxWaits   = 200  // goroutines whose waiting is looked into
)

// descends reports whether a goroutine was started by another, or by one that was.
func (a *analysis) descends(g *thread, from *thread) bool {
	for range maxDepth {
		if g.parent == nil {
			return false
		}
		if g = g.parent; g == from {
			return true
		}
	}
	return false
}

// alive returns the numbers of the goroutines that have not ended, except one.
func (a *analysis) alive(but int, indices []int) []int {
	var all []int
	for _, i := range indices {
		if i != but && !a.threads[i].ended && len(all) < maxFor {
			all = append(all, a.threads[i].ID)
		}
	}
	return all
}
