package sim

import (
	"fmt"
	"strings"
	"time"
)

// A Line is one entry of the log of a run.
type Line struct {
	// At is the true time.
	At time.Duration
	// Host is whom it concerns, or "" for the world; From is the sender, if a message has arrived or was lost.
	Host, From string
	// Kind is "message", "lost", "fault", or "" for anything else.
	Kind string
	Text string
}

// Record switches the log on. It costs several times what the run costs; a failure is recorded by running its seed again.
func (w *World) Record() { w.recording = true }

// Log returns the lines so far.
func (w *World) Log() []Line { return w.log }

// Note adds a line of the world's own to the log, such as what a fault did. The kind is "fault" or "".
func (w *World) Note(host, kind, format string, args ...any) { w.note(host, kind, format, args...) }

// note adds a line, if somebody wants to know.
func (w *World) note(host, kind, format string, args ...any) {
	if w.recording {
		w.log = append(w.log, Line{At: w.now, Host: host, Kind: kind, Text: fmt.Sprintf(format, args...)})
	}
}

// noteArrival says who sent what to whom, and how long it travelled.
func (w *World) noteArrival(to *host, m Message) {
	if w.recording {
		w.log = append(w.log, Line{w.now, to.name, m.From, "message", fmt.Sprintf("%s  (%.1f ms)", bodyText(m.Body), (w.now-m.sent).Seconds()*1000)})
	}
}

// lost says that a message will not arrive.
func (w *World) lost(from, to *host, body any, why string) {
	if w.recording {
		w.log = append(w.log, Line{w.now, to.name, from.name, "lost", fmt.Sprintf("%s is %s", bodyText(body), why)})
	}
}

// lostLate says that nobody was there when a message arrived.
func (w *World) lostLate(to *host, m Message) {
	if w.recording {
		w.log = append(w.log, Line{w.now, to.name, m.From, "lost", fmt.Sprintf("%s finds it down", bodyText(m.Body))})
	}
}

// bodyText prints a message without the name of its package.
func bodyText(body any) string {
	name := fmt.Sprintf("%T", body)
	name = name[strings.LastIndexByte(name, '.')+1:]
	if s, ok := body.(fmt.Stringer); ok {
		return name + " " + s.String()
	}
	text := fmt.Sprintf("%+v", body)
	if !strings.HasPrefix(text, "{") {
		text = "(" + text + ")"
	}
	return name + text
}

// String prints the line: time, then who, then what.
func (l Line) String() string {
	at := fmt.Sprintf("%10.4fs", l.At.Seconds())
	switch l.Kind {
	case "message":
		return fmt.Sprintf("%s  %s -> %s  %s", at, l.From, l.Host, l.Text)
	case "lost":
		return fmt.Sprintf("%s  %s -x %s  %s", at, l.From, l.Host, l.Text)
	case "fault":
		return strings.TrimRight(fmt.Sprintf("%s  * %s %s", at, l.Host, l.Text), " ")
	}
	return fmt.Sprintf("%s  %s: %s", at, l.Host, l.Text)
}

// Sequence prints the end of a log as a message sequence: the last lines, and of what came before them the last things that faults did. A log
// within the limit is printed whole.
func Sequence(log []Line, last int) string {
	cut := max(len(log)-last, 0)
	var b strings.Builder
	skipped := 0
	keep := lastFaults(log[:cut], last/2)
	for i, l := range log {
		if i < cut && !keep[i] {
			skipped++
			continue
		}
		if skipped > 0 {
			fmt.Fprintf(&b, "            ... %d lines\n", skipped)
			skipped = 0
		}
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// lastFaults returns the places of the last n lines about faults.
func lastFaults(log []Line, n int) map[int]bool {
	keep := map[int]bool{}
	for i := len(log) - 1; i >= 0 && len(keep) < n; i-- {
		if log[i].Kind == "fault" {
			keep[i] = true
		}
	}
	return keep
}
