package signature

import (
	"slices"
	"strings"
)

// A crashSite is where the end of a process begins in its output.
type crashSite struct {
	line    int    // of the header
	header  string // "panic: boom", "fatal error: ...", "SIGQUIT: quit"
	dump    []goroutine
	message string // the header without its first word
}

// crash returns the failure that ended a process by a panic, a fatal error, a signal or a dump that somebody asked for.
func crash(d *document, exit ExitInfo) (Failure, bool) {
	c, ok := findCrash(d, exit)
	switch {
	case !ok && exit.TimedOut:
		return noDump(d), true
	case !ok:
		return Failure{}, false
	}
	kind := c.kind(exit)
	f := Failure{Kind: kind, Test: crashTest(d, c)}
	switch kind {
	case Hang, Deadlock:
		c.nameBlocked(&f)
		f.Excerpt, f.Essence = c.blockedExcerpt(d), c.essence(d)
	default:
		c.nameStack(&f)
		f.Excerpt, f.Essence = d.excerpt(c.line, c.end()), d.essence(c.line, c.end())
	}
	return f, true
}

// findCrash finds the last header of a crash that goroutines follow. Only a process that ended by exit code 2 (or by a signal,
// or in the caller's hands) printed its own crash; any other is quoting one.
func findCrash(d *document, exit ExitInfo) (crashSite, bool) {
	if exit.Code != 2 && exit.Signal == "" && !exit.TimedOut && exit.Code >= 0 {
		return crashSite{}, false
	}
	var found, pending crashSite
	ok, waiting := false, false
	for i, l := range d.lines {
		if at, is := crashHeader(l); is {
			pending, waiting = crashSite{line: i, header: l[at:]}, true
		} else if waiting {
			if _, is := parseHeader(l); is {
				found, ok, waiting = pending, true, false
			}
		}
	}
	if !ok && waiting { // a header without a stack: the output was cut, or the runtime could print no more
		found, ok = pending, true
	}
	if ok {
		found.dump = parseGoroutines(d.lines, found.line, len(d.lines))
		found.message = found.rootMessage()
	}
	return found, ok
}

// signals are the fatal signals for which the Go runtime prints a dump.
var signals = []string{"SIGQUIT: quit", "SIGABRT: abort", "SIGSEGV: segmentation violation", "SIGBUS: bus error", "SIGFPE: ",
	"SIGILL: illegal instruction", "SIGTRAP: trace trap", "SIGSYS: bad system call"}

// crashHeader reports whether a line starts a crash, and where in the line: the program may have left text before it.
func crashHeader(l string) (at int, ok bool) {
	if l == "" || l[0] == ' ' || l[0] == '\t' {
		return 0, false
	}
	for _, mark := range []string{"panic: ", "fatal error: "} {
		if at := strings.Index(l, mark); at >= 0 {
			return at, true
		}
	}
	for _, s := range signals {
		if strings.HasPrefix(l, s) {
			return 0, true
		}
	}
	return 0, false
}

// rootMessage returns the message without the remarks about recovering.
func (c crashSite) rootMessage() string {
	m := c.header
	for _, mark := range []string{"panic: ", "fatal error: "} {
		m = strings.TrimPrefix(m, mark)
	}
	if at := strings.LastIndex(m, " [recovered"); at >= 0 {
		m = m[:at]
	}
	return m
}

// exhausted are messages of a runtime that the machine denied something.
var exhausted = []string{"runtime: out of memory", "out of memory", "runtime: cannot allocate memory",
	"failed to create new OS thread", "pthread_create failed", "runtime: cannot map pages"}

// kind decides what sort of crash this is.
func (c crashSite) kind(exit ExitInfo) Kind {
	switch {
	case strings.HasPrefix(c.header, "SIGQUIT") && !exit.TimedOut:
		return Infra
	case exit.TimedOut, strings.HasPrefix(c.message, "test timed out after"):
		return Hang
	case strings.HasPrefix(c.message, "all goroutines are asleep - deadlock!"),
		strings.HasPrefix(c.header, "panic: deadlock: ") && c.inBubble():
		return Deadlock
	case strings.HasPrefix(c.header, "panic: "):
		return Panic
	case slices.ContainsFunc(exhausted, func(s string) bool { return strings.HasPrefix(c.message, s) }):
		return Infra
	}
	return Fatal
}

// inBubble reports whether the first stack of the dump ran a synctest bubble.
func (c crashSite) inBubble() bool {
	return len(c.dump) > 0 && slices.ContainsFunc(c.dump[0].frames, func(f frame) bool {
		return f.function == "internal/synctest.Run"
	})
}

// stack returns the frames that name a crash: of the first goroutine, what lies below the last call of panic in it. Deferred
// functions above that call ran because of the panic and did not cause it.
func (c crashSite) stack() []frame {
	if len(c.dump) == 0 {
		return nil
	}
	frames := c.dump[0].frames
	for i := len(frames) - 1; i >= 0; i-- {
		if frames[i].function == "panic" {
			return frames[i+1:]
		}
	}
	return frames
}

// stackFrames is how many frames name a panic.
const stackFrames = 3

// nameStack names a panic or a fatal error by its message and its top frames.
func (c crashSite) nameStack(f *Failure) {
	frames := top(c.stack(), stackFrames)
	if strings.Contains(c.message, "stack overflow") {
		frames = cycle(c.stack())
	}
	message := template(c.message)
	exact, family := []string{}, []string{}
	for _, at := range frames {
		exact = append(exact, at.exact())
		family = append(family, at.declared())
	}
	kind := string(f.Kind) + ": " + message
	f.Signature = kind + " @ " + strings.Join(exact, " < ")
	f.Family = kind + " @ " + strings.Join(slices.Compact(family), " < ")
	f.Title = string(f.Kind) + ": " + c.message
	if len(frames) > 0 {
		f.Site = frames[0].site()
		f.Title += " in " + frames[0].human()
	}
}

// cycle returns the distinct user frames of a stack that overflowed, sorted: where in the recursion it ended is chance.
func cycle(frames []frame) []frame {
	seen := map[frame]bool{}
	var found []frame
	for _, f := range first(frames, 2*stackFrames, frame.user) {
		if !seen[f] {
			seen[f] = true
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b frame) int { return strings.Compare(a.exact(), b.exact()) })
	return found
}

// crashTest returns the test that a crash belongs to: the one that was declared failed just before, or the one running, or the
// one named by a stack of the dump.
func crashTest(d *document, c crashSite) string {
	if name := d.failedBefore(c.line); name != "" {
		return name
	}
	if context := d.testAt(c.line); context != "" && d.verbose {
		return context
	}
	for _, g := range c.dump {
		for _, f := range append(g.frames[:len(g.frames):len(g.frames)], g.creator) {
			if name := f.test(); name != "" {
				return name
			}
		}
	}
	return ""
}

// failedBefore returns the test that package testing declared failed on the lines directly above, the innermost one: it does
// so before it repeats the panic of a test.
func (d *document) failedBefore(line int) string {
	name := ""
	for i := line - 1; i >= 0; i-- {
		rest, ok := strings.CutPrefix(strings.TrimLeft(d.lines[i], " "), "--- FAIL: ")
		if !ok {
			break
		}
		name = ended(rest)
	}
	return name
}

// noDump names a process that was ended for its time and said nothing.
func noDump(d *document) Failure {
	test := d.testAt(len(d.lines) - 1)
	s := "hang: no dump: " + firstNonEmpty(test, d.tests.only())
	return Failure{Kind: Hang, Signature: s, Family: s, Test: test, Title: "hang: ended by force, and no dump was printed",
		Excerpt: tail(d, 20)}
}
