package report

// A ledger brings together the events of each target: targets may run side by side, and a violation is known before the verdict.
type ledger struct {
	open []*outcome
}

// An outcome is the verdict about a target and the violations that led to it.
type outcome struct {
	id         identity
	verdict    Event
	violations []Event
}

// An identity tells targets apart.
type identity struct {
	engine, pkg, target, bug string
}

func (e Event) identity() identity { return identity{e.Engine, e.Package, e.Target, e.Bug} }

// add takes an event. If it is a verdict, the target is closed and its outcome returned.
func (l *ledger) add(e Event) (outcome, bool) {
	switch e.Kind {
	case Run:
		if e.Target != "" {
			l.find(e)
		}
	case Violation:
		o := l.find(e)
		o.violations = append(o.violations, e)
	case Verdict:
		o := *l.find(e)
		l.remove(o.id)
		o.verdict = e
		return o, true
	}
	return outcome{}, false
}

// find returns the open outcome of the event's target, a new one if there is none.
func (l *ledger) find(e Event) *outcome {
	for _, o := range l.open {
		if o.id == e.identity() {
			return o
		}
	}
	o := &outcome{id: e.identity()}
	l.open = append(l.open, o)
	return o
}

func (l *ledger) remove(id identity) {
	for i, o := range l.open {
		if o.id == id {
			l.open = append(l.open[:i], l.open[i+1:]...)
			return
		}
	}
}

// rest closes all targets that have no verdict, in the order in which they were begun: those with a violation failed, about others nothing
// is known.
func (l *ledger) rest() (rest []outcome) {
	for _, o := range l.open {
		o.verdict = Event{Kind: Verdict, Engine: o.id.engine, Package: o.id.pkg, Target: o.id.target, Bug: o.id.bug,
			Status: Inconclusive, Message: "stopped before its verdict"}
		if len(o.violations) > 0 {
			o.verdict.Status, o.verdict.Message = Violated, ""
			if o.id.bug != "" {
				o.verdict.Status = Caught
			}
		}
		rest = append(rest, *o)
	}
	l.open = nil
	return rest
}

// failures returns the violations of an outcome. A verdict that came without any speaks for itself.
func (o outcome) failures() []Event {
	if len(o.violations) > 0 {
		return o.violations
	}
	return []Event{o.verdict}
}
