package explain

import "fmt"

// picked returns the case that the schedule forced in a step, or nil.
func (s step) picked() *Pick {
	if s.Pick != nil && s.Pick.Forced {
		return s.Pick
	}
	return nil
}

// showPicked makes sure that each forced choice has a row that is not folded.
func (a *analysis) showPicked(in, shown []bool, must map[int]bool) {
	for i, s := range a.steps {
		if in[i] && s.picked() != nil && a.threads[s.by].own {
			shown[i], must[i] = true, true
		}
	}
}

// pickText says which case was done: "ready case 2 of 3, receive from B".
func (t *table) pickText(p *Pick) string {
	what := map[string]string{"Send": "send", "Receive": "receive"}[p.Kind]
	if what == "" {
		return fmt.Sprintf("case %d of %d is woken", p.Option+1, p.Of)
	}
	if l := t.letters[p.Object]; l != "" {
		what += map[string]string{"Send": " on ", "Receive": " from "}[p.Kind] + l
	}
	return fmt.Sprintf("ready case %d of %d, %s", p.Option+1, p.Of, what)
}
