package heap

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// From where on something is worth a finding.
const (
	leastKept  = 1 << 20  // bytes that a keeper keeps ...
	leastShare = 0.10     // ... and its share of the heap
	leastGrown = 64 << 10 // bytes by which something has grown ...
	leastRatio = 0.05     // ... and how much that is of what it was
)

// Findings says what one dump shows: who keeps much of the memory, which is no defect by itself, and finalizers that can never run,
// which is.
func (a *Analysis) Findings() []finding.Finding {
	var list []finding.Finding
	if !a.Dump.Rooted() {
		return a.inconclusive()
	}
	for _, k := range a.Keepers() {
		share := float64(k.Bytes) / float64(max(a.Bytes, 1))
		if k.Bytes >= leastKept && share >= leastShare {
			list = append(list, a.kept(k, share))
		}
	}
	if cycles := a.finalizerCycles(); len(cycles) > 0 {
		list = append(list, a.finalizerFinding(cycles))
	}
	if a.Garbage >= leastKept && float64(a.Garbage) >= leastShare*float64(a.Bytes+a.Garbage) {
		list = append(list, finding.Finding{
			Kind: "heap-garbage", Confidence: 1, Weight: float64(a.Garbage),
			Title: fmt.Sprintf("%s in %s are garbage, or kept by what a dump does not show", Size(a.Garbage), count(a.GarbageObjects, "object")),
			Fix:   "call runtime.GC before debug.WriteHeapDump",
		})
	}
	finding.Sort(list)
	return list
}

// inconclusive is the finding for a dump without roots.
func (a *Analysis) inconclusive() []finding.Finding {
	return []finding.Finding{{
		Kind: "heap-inconclusive", Confidence: 1, Title: "the dump ends before its roots, so it cannot tell who keeps what",
		Evidence: []string{a.Dump.TruncatedAt}, Fix: "let the program write the whole dump: it stands still until then",
	}}
}

// kept is the finding for a keeper.
func (a *Analysis) kept(k Keeper, share float64) finding.Finding {
	return finding.Finding{
		Kind: "heap-keeper", Confidence: 1, Weight: float64(k.Bytes), Fix: advice(k),
		Title:    fmt.Sprintf("%s %s %s in %s (%.0f %% of the heap)", k.String(), k.verb("keep"), Size(k.Bytes), count(k.Objects, "object"), 100*share),
		Evidence: a.evidence(k), Goroutines: goroutines(k), Objects: a.addresses(k),
	}
}

// evidence says how a keeper holds things, and what they are.
func (a *Analysis) evidence(k Keeper) []string {
	var list []string
	if way := a.Way(k); way != "" {
		list = append(list, "by way of "+way)
	}
	for _, kind := range a.Kept(k, 3) {
		list = append(list, fmt.Sprintf("%s in %s: %s", Size(kind.Bytes), count(kind.Objects, "object"), kind.Name))
	}
	return list
}

// Way writes the objects between a keeper and the place where what it keeps spreads, or "" if that is not one place.
func (a *Analysis) Way(k Keeper) string {
	if 2*k.size < k.Bytes {
		return ""
	}
	chain := a.Chain(k)
	var p Path
	for _, o := range chain {
		p.step(a.Dump, uint32(o))
	}
	var names []string
	for _, s := range p.Steps {
		name := s.Name
		if s.Times > 1 {
			name += fmt.Sprintf(" x %d", s.Times)
		}
		names = append(names, name)
	}
	return strings.Join(names, " -> ")
}

// addresses returns where what a keeper keeps spreads.
func (a *Analysis) addresses(k Keeper) []uint64 {
	chain := a.Chain(k)
	if len(chain) == 0 {
		return nil
	}
	return []uint64{a.Dump.addr(uint32(chain[len(chain)-1]))}
}

// goroutines lists the goroutines among the roots of a keeper.
func goroutines(k Keeper) []int64 {
	var list []int64
	for _, r := range k.Roots {
		if r.Kind == Stack {
			list = append(list, r.Goroutine)
		}
	}
	return list
}

// advice says what to look at for each kind of root.
func advice(k Keeper) string {
	if len(k.Roots) == 0 {
		return ""
	}
	switch r := k.Roots[0]; r.Kind {
	case Global:
		return "look at what enters " + strings.ReplaceAll(k.Key, string(Global)+" ", "") + " and never leaves; bound it, or delete what is done with"
	case Stack:
		return "end the goroutine, or let go of what it does not need while it waits"
	case Processors:
		return "stop timers that are not needed: a timer of time.AfterFunc keeps its function until it fires or is stopped"
	case Finalizer:
		return "what an object with a finalizer points to lives one collection longer; in a cycle, for ever"
	default:
		return ""
	}
}

// finalizerCycles returns the objects with a finalizer that only finalizers keep, and that can be reached from what they point to or from the
// finalizer itself: they are never collected, and their finalizer never runs.
func (a *Analysis) finalizerCycles() []uint32 {
	d := a.Dump
	var list []uint32
	for _, f := range d.finalizers {
		i := d.find(f.object)
		if f.queued || i == none || a.walk.number[i] == none {
			continue
		}
		if r := d.root(a.walk.order[a.top(a.walk.number[i])]); r == nil || r.Kind != Finalizer {
			continue
		}
		if d.leadsBack(i, d.find(f.fn)) {
			list = append(list, i)
		}
	}
	return list
}

// top returns the ancestor of a number in the dominator tree that is a child of the root.
func (a *Analysis) top(v uint32) uint32 {
	for a.dom[v] != 0 && v != 0 {
		v = a.dom[v]
	}
	return v
}

// below returns the ancestor of a number in the dominator tree that hangs from a root.
func (a *Analysis) below(v uint32) uint32 {
	for a.dom[a.dom[v]] != 0 {
		v = a.dom[v]
	}
	return v
}

// leadsBack reports whether an object can be reached from its own pointers, or from a second object. It looks at 10 000 objects at most.
func (d *Dump) leadsBack(object, also uint32) bool {
	seen := map[uint32]bool{}
	stack := []uint32{object, also}
	for len(stack) > 0 && len(seen) < 10_000 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v == none || seen[v] && v != object {
			continue
		}
		seen[v] = true
		for _, to := range d.out.of(v) {
			if to == object {
				return true
			}
			if to != none && !seen[to] {
				stack = append(stack, to)
			}
		}
	}
	return false
}

// finalizerFinding is the finding for finalizers that never run.
func (a *Analysis) finalizerFinding(cycles []uint32) finding.Finding {
	bytes := uint64(0)
	kinds, counted := map[string]bool{}, map[uint32]bool{}
	var evidence []string
	for _, i := range cycles {
		if v := a.below(a.walk.number[i]); !counted[v] {
			counted[v] = true
			bytes += a.retained[v]
		}
		if name := a.Dump.Describe(int(i)); !kinds[name] && len(kinds) < 5 {
			kinds[name] = true
			evidence = append(evidence, "an object of "+name+" can be reached from itself")
		}
	}
	return finding.Finding{
		Kind: "finalizer-cycle", Certainty: finding.Proved, Confidence: 1, Weight: float64(bytes), Evidence: evidence,
		Title: fmt.Sprintf("%s with a finalizer are in a cycle: they are never collected and the finalizer never runs, which keeps %s",
			count(uint64(len(cycles)), "object"), Size(bytes)),
		Fix:     "put the finalizer on an object that nothing in the cycle points to, or use runtime.AddCleanup",
		Objects: []uint64{a.Dump.addr(cycles[0])},
	}
}

// own is how much something must grow, which is more for what the runtime keeps for itself: it never gives back the descriptor of a goroutine
// (480 bytes), so that a program which had more goroutines at once than before has grown for good without a leak.
func own(runtimes bool) int64 {
	if runtimes {
		return leastKept
	}
	return leastGrown
}

// GrowthFindings says what grew between two dumps of one program: at least 64 KiB (1 MiB in variables of the runtime), and a twentieth of
// what it was. Two dumps cannot tell a leak from a cache that is still being filled, so that none of them is more than likely.
func GrowthFindings(before, after *Analysis) []finding.Finding {
	for _, a := range []*Analysis{before, after} {
		if !a.Dump.Rooted() {
			return a.inconclusive()
		}
	}
	var list []finding.Finding
	for _, g := range Compare(before, after) {
		was := uint64(0)
		if g.Before != nil {
			was = g.Before.Bytes
		}
		if g.After == nil || g.Bytes < own(runtimes(g.After)) || float64(g.Bytes) < leastRatio*float64(was) {
			continue
		}
		f := finding.Finding{
			Kind: "heap-growth", Certainty: finding.Likely, Confidence: 0.6, Weight: float64(g.Bytes), Fix: advice(*g.After),
			Title: fmt.Sprintf("what %s %s has grown by %s in %s, from %s to %s", g.After.String(), g.After.verb("keep"), Size(g.Bytes), signed(g.Objects, "object"),
				Size(was), Size(g.After.Bytes)),
			Goroutines: goroutines(*g.After), Objects: after.addresses(*g.After),
		}
		for _, k := range g.Kinds[:min(3, len(g.Kinds))] {
			f.Evidence = append(f.Evidence, fmt.Sprintf("%s more in %s: %s", Size(k.Bytes), signed(k.Objects, "object"), k.Name))
		}
		if way := after.Way(*g.After); way != "" {
			f.Evidence = append(f.Evidence, "by way of "+way)
		}
		list = append(list, f)
	}
	finding.Sort(list)
	return list
}

// runtimes reports whether a keeper is a variable of the runtime.
func runtimes(k *Keeper) bool {
	r := k.Roots[0]
	return r.Kind == Global && inRuntime(r.Name)
}

// signed is count for a number that may be negative.
func signed(n int64, thing string) string {
	if n < 0 {
		return "-" + count(uint64(-n), thing)
	}
	return count(uint64(n), thing)
}

// ProfileFindings says which places keep more in a later profile: at least 64 KiB (1 MiB if the runtime allocates it for itself), and
// more than sampling explains.
func ProfileFindings(grown []SiteGrowth) []finding.Finding {
	var list []finding.Finding
	for _, g := range grown {
		if g.Noise || g.Bytes < own(inRuntime(g.Site)) || float64(g.Bytes) < leastRatio*float64(g.Before) {
			continue
		}
		f := finding.Finding{
			Kind: "heap-growth", Certainty: finding.Likely, Confidence: 0.6, Weight: float64(g.Bytes),
			Title: fmt.Sprintf("what %s allocates has grown by %s (±%s) in %s, %.0f %% of all growth", g.Site, Size(g.Bytes), Size(sure*g.Error),
				signed(g.Objects, "object"), 100*g.Share),
			Evidence: []string{fmt.Sprintf("of %s allocated in between, %.0f %% are still in use", Size(g.Allocated), 100*g.Kept)},
			Fix:      "take a heap dump to see who keeps it: a profile only knows who has allocated it",
		}
		for _, c := range g.Stack[:min(5, len(g.Stack))] {
			f.Evidence = append(f.Evidence, fmt.Sprintf("%s %s:%d", c.Func, base(c.File), c.Line))
		}
		list = append(list, f)
	}
	finding.Sort(list)
	return list
}

// ViewFindings says which groups of Views waste at least a mebibyte and a tenth of the heap.
func (a *Analysis) ViewFindings(views []Views) []finding.Finding {
	var list []finding.Finding
	for _, v := range views {
		wasted := v.Bytes - v.Used
		if wasted < leastKept || float64(wasted) < leastShare*float64(a.Bytes) {
			continue
		}
		list = append(list, finding.Finding{
			Kind: "slice-view", Certainty: finding.Likely, Confidence: 0.8, Weight: float64(wasted),
			Title:    fmt.Sprintf("%s use %s of the %s that they keep", count(v.Slices, "slice"), Size(v.Used), Size(v.Bytes)),
			Evidence: []string{"arrays: " + v.Array, "slices in: " + v.Holder},
			Fix:      "copy what is needed (slices.Clone, bytes.Clone), so that the array can be freed",
		})
	}
	return list
}
