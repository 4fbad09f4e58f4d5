package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// The rhythm of a live line: how often it is drawn at most, how often a line is printed where there is no terminal, and after how long
// without progress a target is called slow. Then it is named again after twice as long, and so on.
const (
	drawEvery = 100 * time.Millisecond
	beatEvery = 30 * time.Second
	slowAfter = 10 * time.Second
)

// Live shows that a run is alive: on a terminal one line that changes, at most ten times a second, and is gone at the end; elsewhere a
// line every 30 seconds. A target that makes no progress for 10 seconds is named. It is meant for standard error.
type Live struct {
	mu       sync.Mutex
	w        io.Writer
	width    int
	terminal bool
	now      func() time.Time

	start                 Event
	begun, drawn, printed time.Time
	shown, active         bool
	done, failed          int
	total                 Event // counts of the targets that are done
	tasks                 []*task
}

// A task is a target that is being run.
type task struct {
	id    identity
	name  string
	doing string // what takes long, if that is known
	begun time.Time
	moved time.Time // when it was last seen to progress
	next  time.Duration
	count Event
}

// NewLive returns a sink that draws on w, which is width columns wide; a width that is not positive means 80. If w is no terminal, it
// gets whole lines only. The time is that of now.
func NewLive(w io.Writer, width int, isTerminal bool, now func() time.Time) *Live {
	if width <= 0 {
		width = 80
	}
	l := &Live{w: w, width: width, terminal: isTerminal, now: now}
	l.begun = now()
	l.printed = l.begun
	return l
}

// Emit takes notice of an event. If it may be followed by text on the same terminal, the line is cleared until the next Tick.
func (l *Live) Emit(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	switch e.Kind {
	case Progress:
		l.progress(e, now)
		return
	case Run:
		l.remove(identity{e.Engine, e.Package, "", ""})
		l.task(e, now).doing = line(e.Message)
		return
	case Start:
		l.start, l.begun, l.printed, l.active = e, now, now, true
		l.done, l.failed, l.total, l.tasks = 0, 0, Event{}, nil
	case Verdict:
		l.verdict(e)
	case End:
		l.tasks, l.active = nil, false
	case Violation, Shrink, Fault:
		l.task(e, now).move(now)
	}
	l.clear()
}

// Tick draws, beats, and looks for what is slow. Call it about ten times a second; between its calls nothing is drawn.
func (l *Live) Tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.slow(now)
	switch {
	case l.terminal && l.active && now.Sub(l.drawn) >= drawEvery:
		l.draw(now)
	case !l.terminal && l.active && now.Sub(l.printed) >= beatEvery:
		l.println(l.line(now), now)
	}
}

// Close removes the line.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tasks, l.active = nil, false
	l.clear()
	return nil
}

// State describes what is being run, over several lines: the answer to a signal or a key.
func (l *Live) State() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var b strings.Builder
	fmt.Fprintln(&b, l.line(now))
	for _, t := range l.tasks {
		fmt.Fprintf(&b, "  %s   runs for %s, last progress %s ago", pad(t.name, nameWidth), Elapsed(now.Sub(t.begun)), Elapsed(now.Sub(t.moved)))
		if r := runs(t.count); r != "" {
			fmt.Fprintf(&b, ", %s", r)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// task returns the task of an event's target, a new one if need be.
func (l *Live) task(e Event, now time.Time) *task {
	for _, t := range l.tasks {
		if t.id == e.identity() {
			return t
		}
	}
	t := &task{id: e.identity(), name: line(e.Name()), begun: now, moved: now, next: slowAfter}
	l.tasks, l.active = append(l.tasks, t), true
	return t
}

// progress counts as such only if a count has changed: an engine that says the same again is stuck.
func (l *Live) progress(e Event, now time.Time) {
	t := l.task(e, now)
	if e.Histories != t.count.Histories || e.Operations != t.count.Operations || e.Schedules != t.count.Schedules {
		t.move(now)
	}
	t.count = e
}

func (t *task) move(now time.Time) { t.moved, t.next = now, slowAfter }

func (l *Live) verdict(e Event) {
	l.remove(e.identity())
	l.remove(identity{e.Engine, e.Package, "", ""})
	l.done++
	if s := e.Status; s == Violated || s == Missed || s == Errored {
		l.failed++
	}
	l.total = sum(l.total, e)
}

// remove forgets a task, if there is one. A package is forgotten as soon as one of its targets is heard of.
func (l *Live) remove(id identity) {
	for i, t := range l.tasks {
		if t.id == id {
			l.tasks = append(l.tasks[:i], l.tasks[i+1:]...)
			return
		}
	}
}

// sum adds counts.
func sum(a, b Event) Event {
	return Event{Histories: a.Histories + b.Histories, Operations: a.Operations + b.Operations, Schedules: a.Schedules + b.Schedules}
}

// slow names the targets that do not get on.
func (l *Live) slow(now time.Time) {
	for _, t := range l.tasks {
		if idle := now.Sub(t.moved); idle >= t.next {
			for t.next <= idle {
				t.next *= 2
			}
			l.clear()
			l.println(fmt.Sprintf("slow     %s   %s; runs for %s", pad(t.name, nameWidth), cmp.Or(t.doing, "no progress for "+seconds(idle)), seconds(now.Sub(t.begun))), now)
		}
	}
}

// println writes a whole line.
func (l *Live) println(s string, now time.Time) {
	_, _ = io.WriteString(l.w, s+"\n")
	l.printed = now
}

// draw replaces the line, cut to the width.
func (l *Live) draw(now time.Time) {
	runes := []rune(l.line(now))
	_, _ = io.WriteString(l.w, "\r\x1b[K"+string(runes[:min(len(runes), l.width-1)]))
	l.shown, l.drawn = true, now
}

// clear removes the line.
func (l *Live) clear() {
	if l.shown {
		_, _ = io.WriteString(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// line says how far the run is: "stress   lockfree   2 of 5   1 FAIL   treiber-stack   12 300 histories, 1.1 M ops   12s of 30s".
func (l *Live) line(now time.Time) string {
	columns := []string{l.start.Engine, l.start.Package, l.progressed()}
	if l.failed > 0 {
		columns = append(columns, fmt.Sprintf("%d FAIL", l.failed))
	}
	columns = append(columns, l.running(), l.counts(), l.time(now))
	return join(columns)
}

// progressed says how many targets are done.
func (l *Live) progressed() string {
	if n := len(l.start.Targets); n > 0 {
		return fmt.Sprintf("%d of %d", l.done, n)
	}
	return fmt.Sprintf("%d done", l.done)
}

// running names what is being run: the first target, and how many there are beside it.
func (l *Live) running() string {
	switch n := len(l.tasks); n {
	case 0:
		return ""
	case 1:
		return l.tasks[0].name
	default:
		return fmt.Sprintf("%s +%d", l.tasks[0].name, n-1)
	}
}

// counts says how much ran in all.
func (l *Live) counts() string {
	all := l.total
	for _, t := range l.tasks {
		all = sum(all, t.count)
	}
	operations := all.Operations
	if all.Histories+all.Schedules > 0 {
		all.Operations = 0
	}
	s := runs(all)
	if s != "" && all.Operations == 0 && operations > 0 {
		s += ", " + Number(float64(operations)) + " ops"
	}
	return s
}

// time says how long it has been, and how long it will be if that is known.
func (l *Live) time(now time.Time) string {
	s := seconds(now.Sub(l.begun))
	if l.start.Budget > 0 {
		s += " of " + Budget(l.start.Budget)
	}
	return s
}

// seconds returns a duration in whole seconds below 100 s, and as Elapsed does above: a line that is drawn often should not flicker.
func seconds(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	return Elapsed(d)
}
