package explain

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// own reports whether a site is code that somebody tests: not the standard library, and not what controls it.
func (s Site) own() bool {
	return s.Func != "" && !signature.Std(s.Func, s.File) && !strings.HasPrefix(s.Func, "godmode/")
}

// base returns the name of the file, "" if there is none.
func (s Site) base() string {
	if s.File == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(s.File, `\`, "/"))
}

// String returns "queue.go:41", or the function if the file is unknown.
func (s Site) String() string {
	switch {
	case s.File != "":
		return clean(s.base()) + ":" + strconv.Itoa(s.Line)
	case s.Func != "":
		return trimmed(s.Func)
	}
	return "an unknown place"
}

// wrapper matches what the compiler adds to the name of a function whose call it wraps.
var wrapper = regexp.MustCompile(`(\.gowrap\d+|\.deferwrap\d+|-fm)$`)

// trimmed returns a function as people call it: without package, pointer and wrapper. "queue.(*Queue).Get" is Queue.Get.
func trimmed(function string) string {
	f := wrapper.ReplaceAllString(function, "")
	head, types, generic := strings.Cut(f, "[")
	head = head[strings.LastIndexByte(head, '/')+1:]
	if _, after, ok := strings.Cut(head, "."); ok {
		head = after
	}
	head = strings.NewReplacer("(*", "", "(", "", ")", "").Replace(head)
	if generic {
		_, rest, _ := strings.Cut(types, "]")
		head += strings.NewReplacer("(*", "", ")", "").Replace(rest)
	}
	return clean(head)
}

// longName is the length up to which a name is shown.
const longName = 60

// clean makes a text fit for one line: no control characters, and not too long.
func clean(s string) string { return clip(strings.Map(visible, clip(s, longText)), longName) }

// longText is the length up to which a sentence is shown.
const longText = 300

// sentence is clean for longer texts.
func sentence(s string) string { return strings.Map(visible, clip(s, longText)) }

// visible replaces what would disturb a terminal.
func visible(r rune) rune {
	if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
		return '?'
	}
	return r
}

// clip shortens a text to n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	if n <= 3 {
		return string(r[:max(n, 0)])
	}
	return string(r[:n-3]) + "..."
}

// first returns the innermost frame that is own code, or the innermost one.
func first(stack []Site) (Site, bool) {
	for _, s := range stack {
		if s.own() {
			return s, true
		}
	}
	if len(stack) > 0 {
		return stack[0], true
	}
	return Site{}, false
}

// last returns the outermost frame that is own code.
func last(stack []Site) (Site, bool) {
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i].own() {
			return stack[i], true
		}
	}
	return Site{}, false
}

// nameOf returns a name that people recognise: "test" for the goroutine of the test, the function that a goroutine was started with, or
// what it does first, or where it was started.
func (t *trace) nameOf(g *thread) string {
	outermost, seen := t.outermost(g)
	i, from := t.started[g.index]
	switch {
	case seen && trimmed(outermost.Func) == t.e.Test && strings.HasPrefix(g.Func, "testing."):
		return "test"
	case strings.HasPrefix(g.Func, "testing.") && !seen:
		return "test runner"
	}
	function := Site{Func: g.Func, File: g.Site.File}
	plain := g.Func != "" && !wrapper.MatchString(g.Func)
	switch {
	case plain && !strings.HasPrefix(g.Func, "testing.") && !signature.Std(g.Func, ""):
		return trimmed(function.Func)
	case seen:
		return trimmed(outermost.Func)
	case g.Site.own() && g.Site.File != "":
		return "go " + g.Site.String()
	case from && t.steps[i].at().own():
		return "go " + t.steps[i].at().String()
	case g.Func != "":
		return trimmed(g.Func)
	}
	return "goroutine"
}

// outermost returns the outermost own frame that is known of a goroutine.
func (t *trace) outermost(g *thread) (Site, bool) {
	if g.wait != nil {
		if s, ok := last(g.wait.Stack); ok {
			return s, true
		}
	}
	for _, i := range g.steps {
		if s, ok := last(t.steps[i].Stack); ok {
			return s, true
		}
	}
	for _, i := range g.steps {
		if s := t.steps[i].Site; s.own() {
			return s, true
		}
	}
	return Site{}, false
}
