package owners

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// Kinds of findings. They never change.
const (
	KindCycle      = "lock-order-cycle"     // locks are locked in a cycle by goroutines that nothing keeps apart
	KindRecursive  = "recursive-read-lock"  // a reader locks again what a writer may want in between
	KindInversion  = "lock-class-inversion" // two classes of locks are locked in both orders
	KindIncomplete = "lock-order-incomplete"
)

// Findings returns what is wrong in the order of locks. Of a cycle all that is recorded is sure: the goroutines differ, no lock guards all of it, and no go statement, channel or
// wait group orders its parts. It stays Likely, with a confidence of 0.95, since an atomic, a Cond or a clock may keep its parts apart, which is not recorded. It is
// less likely where that takes a writer between two readers, or a goroutine takes part whose parent is unknown (that of a
// timer), or a list of held locks was cut. What could not be looked at is a Note; without findings and without that, the locks of this run have an order.
//
// Where locks have an order, that takes time in the order of the edges times the longest chain of them. Else the search is exponential in the length of a
// cycle, at most eight, and ends after half a million steps, which is a Note as well.
func (r *Report) Findings() []finding.Finding {
	s := newSearch(r)
	var all []finding.Finding
	for _, c := range s.cycles() {
		all = append(all, s.cycleFinding(c))
	}
	for _, v := range s.inversions() {
		all = append(all, s.inversionFinding(v))
	}
	all = append(all, s.recursive()...)
	if f, ok := r.incomplete(s.steps > maxSteps); ok {
		all = append(all, f)
	}
	finding.Sort(all)
	return all
}

// sureCycle is the confidence of a cycle that nothing recorded keeps apart. It is a judgement, not a measurement.
const sureCycle = 0.95

// Fails reports whether a finding is a failure of the program that it is about: a cycle of locks that nothing recorded keeps apart.
func Fails(f finding.Finding) bool { return f.Kind == KindCycle && f.Confidence >= sureCycle }

// cycleFinding writes a cycle as a finding.
func (s *search) cycleFinding(c cycle) finding.Finding {
	f := finding.Finding{Kind: KindCycle, Certainty: finding.Likely, Confidence: sureCycle, Weight: float64(len(c.events))}
	var who []string
	var sure []string
	for _, i := range c.events {
		e := s.edge(i)
		who = append(who, e.Takes.At.String())
		f.Evidence = append(f.Evidence, s.sentence(i, e.Holds, c.locks)...)
		f.Goroutines = append(f.Goroutines, s.report.Events[i].Goroutine)
		f.Objects = append(f.Objects, s.report.Locks[e.Takes.Lock].Addr)
		if e.Cut {
			sure = append(sure, "not all locks that were held are known")
		}
		if s.report.Events[i].Parent == 0 && s.report.Events[i].Goroutine != 1 {
			sure = append(sure, "it is not known what came before goroutine "+fmt.Sprint(s.report.Events[i].Goroutine))
		}
	}
	if s.madeOnce(c) {
		sure = append(sure, "what a sync.Once does it does once, and who comes later comes after it: that orders the parts of this")
	}
	if c.readers {
		sure = append(sure, "a reader waits for a reader only if a writer waits between them")
	}
	slices.Sort(who)
	f.Title = fmt.Sprintf("%d goroutines can deadlock: they lock in a cycle at %s", len(who), strings.Join(slices.Compact(who), ", "))
	if len(sure) > 0 {
		f.Confidence = 0.7
		f.Evidence = append(f.Evidence, sure...)
	}
	f.Evidence = append(f.Evidence, nothing)
	f.Fix = "lock in one order everywhere"
	return f
}

// madeOnce reports whether a part of a cycle was done within a sync.Once.
func (s *search) madeOnce(c cycle) bool {
	return slices.ContainsFunc(c.events, func(i int) bool {
		e := s.edge(i)
		return slices.ContainsFunc(append(slices.Clone(e.Holds), e.Takes), func(h Step) bool { return s.report.Locks[h.Lock].Kind == "once" })
	})
}

// nothing says what was looked for and not found, and what could not be.
const nothing = "no lock guards all of this, and no go statement, channel or wait group orders it; what only atomics, a Cond, a Once, a flag under a lock or a clock order is not seen"

// edge returns the edge of an event.
func (s *search) edge(event int) *Edge { return &s.report.Edges[s.report.Events[event].Edge] }

// sentence says what an event was, for those locks that matter, with its stack.
func (s *search) sentence(event int, holds []Step, matter []int) []string {
	e := s.edge(event)
	lines := []string{fmt.Sprintf("goroutine %d locked %s at %s", s.report.Events[event].Goroutine, s.lock(e.Takes), e.Takes.At)}
	for _, h := range holds {
		if slices.Contains(matter, h.Lock) {
			lines = append(lines, fmt.Sprintf("    while it held %s, locked at %s", s.lock(h), h.At))
		}
	}
	for _, site := range e.Stack {
		lines = append(lines, "    "+site.Func+" "+site.File+":"+fmt.Sprint(site.Line))
	}
	return lines
}

// lock names a lock.
func (s *search) lock(step Step) string {
	l := s.report.Locks[step.Lock]
	name := fmt.Sprintf("%s %#x", l.Kind, l.Addr)
	if step.Read {
		name += " for reading"
	}
	return name
}

// inversionFinding writes an inversion as a finding.
func (s *search) inversionFinding(v inversion) finding.Finding {
	a, b := s.edge(v.events[0]), s.edge(v.events[1])
	f := finding.Finding{Kind: KindInversion, Certainty: finding.Likely, Confidence: 0.6, Weight: 2}
	who := []string{a.Takes.At.String(), b.Takes.At.String()}
	slices.Sort(who)
	f.Title = "locks of two kinds are locked in both orders, at " + strings.Join(who, " and ")
	for i, e := range v.events {
		f.Evidence = append(f.Evidence, s.sentence(e, []Step{v.held[i]}, []int{v.held[i].Lock})...)
		f.Goroutines = append(f.Goroutines, s.report.Events[e].Goroutine)
	}
	f.Evidence = append(f.Evidence, "the locks were different ones; if such objects can never be the same, this is no deadlock")
	f.Fix = "lock the two kinds in one order everywhere"
	return f
}

// recursive finds readers that lock again what somebody else locks for writing.
func (s *search) recursive() []finding.Finding {
	var all []finding.Finding
	for i, e := range s.report.Edges {
		l := s.report.Locks[e.Takes.Lock]
		twice := slices.IndexFunc(e.Holds, func(h Step) bool { return h.Lock == e.Takes.Lock && h.Read })
		if !e.Takes.Read || e.Takes.Try || l.Handed || twice < 0 || l.Writer == 0 || len(s.events[i]) == 0 {
			continue
		}
		event := s.events[i][0]
		if l.Writer == s.report.Events[event].Goroutine {
			continue
		}
		all = append(all, finding.Finding{Kind: KindRecursive, Certainty: finding.Likely, Confidence: 0.8, Weight: 1,
			Title: "a reader locks again what it has locked, and blocks for ever if a writer comes between, at " + e.Takes.At.String(),
			Evidence: append(s.sentence(event, e.Holds[twice:twice+1], []int{e.Takes.Lock}),
				"others lock it for writing; that they never do so meanwhile would be the only excuse"),
			Fix:        "lock once, and call what expects the lock to be held",
			Goroutines: []int64{s.report.Events[event].Goroutine}, Objects: []uint64{l.Addr}})
	}
	return all
}

// incomplete says what was not looked at.
func (r *Report) incomplete(ended bool) (finding.Finding, bool) {
	f := finding.Finding{Kind: KindIncomplete, Certainty: finding.Note, Confidence: 1, Title: "not all of the order of locks is known"}
	if r.Dropped > 0 {
		f.Evidence = append(f.Evidence, "there was no room for all locks, edges and events")
	}
	if r.Truncated {
		f.Evidence = append(f.Evidence, "the report ends in the middle")
	}
	if ended {
		f.Evidence = append(f.Evidence, "the search for cycles was ended, as there are too many")
	}
	return f, len(f.Evidence) > 0
}
