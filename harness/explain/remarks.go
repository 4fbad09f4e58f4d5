package explain

import (
	"fmt"
	"strings"
)

// remark says for each wait what it waits for, and collects what is to be said of the objects, once each.
func (a *analysis) remark() {
	if !a.waitingMatters() {
		return
	}
	said := map[int]bool{}
	for i := range a.Waits {
		w := &a.Waits[i]
		w.Because = a.because(*w)
		if w.Object < 0 || said[w.Object] || len(a.Remarks) == maxRemarks {
			continue
		}
		said[w.Object] = true
		if r := a.remarkOn(*w); r != "" {
			a.Remarks = append(a.Remarks, r)
		}
	}
}

const maxRemarks = 6

// because says in a few words whom a goroutine waits for.
func (a *analysis) because(w Wait) string {
	who := a.list(w.For)
	switch w.Kind {
	case waitsForLock, waitsToRead:
		return a.becauseLocked(w, who)
	case waitsForGroup:
		if who == "" {
			return "nobody is left who could call Done"
		}
		return "likely for " + who
	case waitsToReceive:
		return a.becauseAlone(w, "sent on it or closed it", "Send", "Close")
	case waitsToSend:
		return a.becauseAlone(w, "received from it", "Receive")
	case waitsToSelect:
		return "none of its cases becomes ready"
	case waitsForSignal:
		return a.becauseAlone(w, "signalled it", "Signal")
	}
	if who != "" {
		return "for " + who
	}
	return ""
}

func (a *analysis) becauseLocked(w Wait, who string) string {
	switch {
	case len(w.For) == 0:
		return "who holds it is not known"
	case w.holds < 0 && w.Proved && w.Kind == waitsToRead:
		return "for the writer " + who + ", which waits too"
	case w.holds < 0:
		return "held by " + who
	case w.For[0] == w.Thread:
		return "held by itself since " + a.steps[w.holds].at().String()
	}
	s := a.steps[w.holds]
	text := "held by " + who + " since " + s.at().String()
	if a.threads[s.by].ended {
		text += ", which has ended"
	}
	return text
}

// becauseAlone says whether anybody could still do what a goroutine waits for.
func (a *analysis) becauseAlone(w Wait, did string, kinds ...string) string {
	if strings.Contains(w.Reason, "nil chan") {
		return "the channel is nil"
	}
	if len(w.For) > 0 {
		return "likely for " + a.list(w.For)
	}
	if w.Object < 0 || len(a.steps) == 0 {
		return "" // it is not known who has used it
	}
	if ended := a.users(a.trace, w.Object, kinds...); len(ended) > 0 && !(len(ended) == 1 && ended[0] == w.by) {
		return "whoever has " + did + " has ended"
	}
	return "nobody else has " + did
}

// list names goroutines by number: "G2, G3 and 4 more".
func (a *analysis) list(ids []int) string {
	const most = 3
	var names []string
	for _, id := range ids[:min(len(ids), most)] {
		names = append(names, fmt.Sprintf("G%d", id))
	}
	text := strings.Join(names, ", ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// remarkOn tells the last thing that was done to an object by somebody who could have ended the wait.
func (a *analysis) remarkOn(w Wait) string {
	switch w.Kind {
	case waitsForSignal:
		return a.remarkOnSignal(w)
	case waitsToReceive:
		return a.remarkOnPartner(w, "Send", "Close")
	case waitsToSend:
		return a.remarkOnPartner(w, "Receive")
	case waitsForLock, waitsToRead:
		if w.holds >= 0 && a.threads[a.steps[w.holds].by].ended {
			s := a.steps[w.holds]
			return fmt.Sprintf("%s locked it at %s and has ended without unlocking it", a.threads[s.by].label(), s.at())
		}
	case waitsForGroup:
		if i := a.lastOf(w.Object, "Add"); i >= 0 && len(w.For) == 0 {
			return fmt.Sprintf("the last Add or Done (%s) did not bring the count to zero, and nobody is left to do so", a.where(i))
		}
	}
	return ""
}

// where tells the place and the goroutine of a step: "queue.go:33, G4".
func (a *analysis) where(i int) string {
	s := a.steps[i]
	return fmt.Sprintf("%s, G%d", s.at(), a.threads[s.by].ID)
}

// remarkOnSignal tells whom the last signal woke, and who was not told.
func (a *analysis) remarkOnSignal(w Wait) string {
	i := a.lastOf(w.Object, "Signal")
	if i < 0 {
		return ""
	}
	text := fmt.Sprintf("the last Signal (%s) ", a.where(i))
	j, woke := a.woke[i]
	switch {
	case !woke && w.Step > i:
		return text + fmt.Sprintf("came before G%d waited, and woke nobody: it was lost", w.Thread)
	case !woke:
		return text + "woke nobody"
	}
	by := a.steps[j].by
	text += fmt.Sprintf("woke G%d", a.threads[by].ID)
	if again, ok := a.pending[by]; ok && again > j && a.steps[again].Object == w.Object {
		text += ", which waited again"
	}
	if w.by != by && w.Step >= 0 && w.Step < i {
		text += fmt.Sprintf("; G%d was never told", w.Thread)
	} else if w.by != by && w.Step > i {
		text += fmt.Sprintf("; G%d waited only after it", w.Thread)
	}
	return text
}

// remarkOnPartner tells the last use of the other end of a channel.
func (a *analysis) remarkOnPartner(w Wait, kinds ...string) string {
	i := a.lastOf(w.Object, kinds...)
	if i < 0 || i == w.Step {
		return ""
	}
	s := a.steps[i]
	text := fmt.Sprintf("the last %s on it (%s)", s.Kind, a.where(i))
	if j, ok := a.woke[i]; ok {
		text += fmt.Sprintf(" served G%d", a.threads[a.steps[j].by].ID)
	}
	if a.threads[s.by].ended {
		text += fmt.Sprintf("; G%d has ended", a.threads[s.by].ID)
	}
	return text
}
