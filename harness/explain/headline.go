package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// headline says what happened in one sentence.
func (a *analysis) headline() string {
	kind := a.e.Failure
	switch {
	case kind == "":
		return "no failure"
	case len(a.Spinning) > 0:
		return kind + ": " + a.sayLivelock()
	case a.waitingMatters() && len(a.Core) > 0:
		return kind + ": " + a.sayCore()
	}
	text := oneLine(a.e.Message)
	if f, ok := a.parsed(); ok && (kind == "race" || text == "") {
		text = sentence(f.Title)
	}
	if text == "" {
		return clean(kind)
	}
	text = clean(kind) + ": " + strings.TrimPrefix(text, kind+": ")
	if kind == "panic" {
		text += a.sayPanic()
	}
	return text
}

// oneLine returns the first line of a text that says something, not too long.
func oneLine(s string) string {
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			return sentence(l)
		}
	}
	return ""
}

// sayPanic adds where a panic came from, and who closed the channel that it is about.
func (a *analysis) sayPanic() string {
	i := a.lastOwn()
	if i < 0 {
		return ""
	}
	s := a.steps[i]
	text := fmt.Sprintf(" in %s (%s)", a.threads[s.by].label(), s.at())
	if s.Kind == "Send" || s.Kind == "Close" || s.Kind == "Select" {
		closes := a.byKind[use{s.Object, "Close"}]
		for k := len(closes) - 1; k >= 0; k-- {
			if closes[k] != i {
				return text + fmt.Sprintf("; closed by G%d (%s)", a.threads[a.steps[closes[k]].by].ID, a.steps[closes[k]].at())
			}
		}
	}
	return text
}

// lastOwn returns the last step in code that somebody tests, or the last one, or -1.
func (a *analysis) lastOwn() int {
	for i := len(a.steps) - 1; i >= 0; i-- {
		if a.threads[a.steps[i].by].own && a.steps[i].at().own() {
			return i
		}
	}
	return len(a.steps) - 1
}

func (a *analysis) sayLivelock() string {
	var each []string
	for _, s := range a.Spinning[:min(len(a.Spinning), 3)] {
		var sites []string
		for _, at := range s.Sites {
			sites = append(sites, at.String())
		}
		each = append(each, fmt.Sprintf("G%d %s at %s", s.Thread, s.Name, strings.Join(sites, ", ")))
	}
	return strings.Join(each, "; ") + ", round and round"
}

// sayCore says why the goroutines of the core wait.
func (a *analysis) sayCore() string {
	w := a.wait(a.Core[0])
	who := fmt.Sprintf("G%d %s", w.Thread, w.Name)
	switch a.kind {
	case selfLock:
		return fmt.Sprintf("%s locks at %s what it has held itself%s", who, w.Site, a.sinceHold(w))
	case rereadLock:
		return a.sayReread()
	case lockCycle:
		return a.sayCircle(": each holds the lock that the one before needs")
	case mixedCycle:
		return "likely, " + a.sayCircle("")
	case orphanedLock:
		return fmt.Sprintf("%s waits at %s for a lock that G%d has never given back", who, w.Site, w.For[0])
	}
	return a.sayAlone(w, who)
}

// sinceHold says where the lock that a goroutine waits for was taken.
func (a *analysis) sinceHold(w Wait) string {
	if w.holds < 0 {
		return ""
	}
	return " since " + a.steps[w.holds].at().String()
}

func (a *analysis) sayReread() string {
	reader, writer := a.wait(a.Core[0]), a.wait(a.Core[1])
	if reader.Kind != waitsToRead || a.holdOf(reader) < 0 {
		reader, writer = writer, reader
	}
	return fmt.Sprintf("G%d %s read-locks again at %s what it has read-locked at %s; the writer G%d %s (%s) waits between the two and keeps new readers out",
		reader.Thread, reader.Name, reader.Site, a.steps[a.holdOf(reader)].at(), writer.Thread, writer.Name, writer.Site)
}

// sayCircle says who waits for whom, in a circle.
func (a *analysis) sayCircle(why string) string {
	const most = 4
	var text strings.Builder
	for i, id := range a.Core[:min(len(a.Core), most)] {
		w := a.wait(id)
		text.WriteString([...]string{"", " waits for ", ", which waits for ", ", which waits for "}[i])
		fmt.Fprintf(&text, "G%d %s (%s)", w.Thread, w.Name, w.Site)
	}
	if more := len(a.Core) - most; more > 0 {
		fmt.Fprintf(&text, ", and so on over %d more", more)
	}
	return text.String() + fmt.Sprintf(", which waits for G%d", a.Core[0]) + why
}

// sayAlone says what nobody is left to do.
func (a *analysis) sayAlone(w Wait, who string) string {
	verb, missing := "waits", "nobody can wake it"
	switch w.Kind {
	case waitsForSignal:
		verb, missing = "waits for a signal", "nobody is left to send one"
	case waitsToSend:
		verb, missing = "sends", "nobody is left to receive"
	case waitsToReceive:
		verb, missing = "receives", "nobody is left to send or close"
	case waitsToSelect:
		verb, missing = "selects", "no case can become ready"
	case waitsForGroup:
		verb, missing = "waits for a wait group", "nobody is left to call Done"
	case waitsForLock, waitsToRead:
		verb, missing = "waits for a lock", "nobody gives it back"
	}
	if len(w.For) > 0 {
		missing = a.list(w.For) + " will not help it"
	}
	text := fmt.Sprintf("%s %s at %s, and %s", who, verb, w.Site, missing)
	if strings.Contains(w.Reason, "nil chan") {
		text = fmt.Sprintf("%s %s at %s on a nil channel", who, verb, w.Site)
	}
	if more := len(a.Core) - 1; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// parsed returns the failure that the output shows, if it shows one of the kind that the execution has.
func (a *analysis) parsed() (signature.Failure, bool) {
	if a.e.Output == "" {
		return signature.Failure{}, false
	}
	want := map[string][]signature.Kind{"crash": {signature.Fatal}, "deadlock": {}, "leak": {}, "livelock": {}}
	kinds, special := want[a.e.Failure]
	for _, f := range signature.Parse([]byte(a.e.Output), signature.ExitInfo{Code: 2}) {
		if string(f.Kind) == a.e.Failure || special && slices.Contains(kinds, f.Kind) {
			return f, true
		}
	}
	return signature.Failure{}, false
}

// signature names the failure for people who count them.
func (a *analysis) signature() string {
	kind := a.e.Failure
	if kind == "" {
		return ""
	}
	parts := a.parts()
	if len(parts) == 0 {
		return kind + ": " + a.failing()
	}
	return kind + ": " + strings.Join(parts, " | ")
}

// parts returns what the goroutines that make the failure are at, without repetition, in a fixed order.
func (a *analysis) parts() []string {
	var parts []string
	if a.waitingMatters() {
		for _, id := range a.Core[:min(len(a.Core), maxFor)] {
			parts = append(parts, a.wait(id).part())
		}
	}
	for _, s := range a.Spinning {
		for _, at := range s.Sites {
			parts = append(parts, declared(at))
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// part names a wait in a signature.
func (w Wait) part() string { return w.Kind + " in " + declared(w.Site) }

// Same reports whether another execution shows the failure of a first one, which was recorded with its steps: the same kind, and of
// goroutines that wait, at least those that make the failure wait in the same functions. The other need not have steps.
func Same(first, other *Execution) bool {
	a, b := analyse(first), analyse(other)
	parts := a.parts()
	if a.e.Failure != b.e.Failure {
		return false
	}
	if len(parts) == 0 || a.e.Failure == "livelock" {
		return a.e.Failure == "livelock" || a.Signature == b.Signature || a.sameMessage(b)
	}
	there := map[string]bool{}
	for _, w := range b.Waits {
		there[w.part()] = true
	}
	return !slices.ContainsFunc(parts, func(p string) bool { return !there[p] })
}

// sameMessage reports whether two failures of which one was recorded without steps, so that its place is unknown, say the same.
func (a *analysis) sameMessage(b *analysis) bool {
	text := signature.Template(oneLine(a.e.Message))
	return (len(a.steps) == 0 || len(b.steps) == 0) && text != "" && text == signature.Template(oneLine(b.e.Message))
}

// declared names the function of a site, as far as it is known.
func declared(s Site) string {
	if s.Func == "" {
		return "an unknown function"
	}
	return signature.Declared(s.Func)
}

// failing names a failure that is not about waiting: by the output, or by the message and where the last operation was. One that the test has judged itself
// has a message that says all.
func (a *analysis) failing() string {
	if a.e.Evidence != "" {
		return oneLine(a.e.Message)
	}
	if f, ok := a.parsed(); ok {
		return strings.TrimPrefix(f.Family, string(f.Kind)+": ")
	}
	text := signature.Template(oneLine(a.e.Message))
	if a.e.Failure == "assertion" || a.e.Failure == "exit" || a.e.Failure == "violation" {
		return a.e.Test + ": " + text
	}
	if i := a.lastOwn(); i >= 0 {
		return text + " in " + declared(a.steps[i].at())
	}
	return text
}
