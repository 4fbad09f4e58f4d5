package explain

import (
	"regexp"
	"slices"
	"strings"
)

// A sources reads lines of source files, each file once.
type sources struct {
	read  func(file string) []string
	files map[string][]string
}

func newSources(read func(file string) []string) *sources {
	return &sources{read: read, files: map[string][]string{}}
}

// line returns a line of a file without its indentation, "" if it is not to be had.
func (s *sources) line(at Site) string {
	if s.read == nil || at.File == "" || at.Line < 1 {
		return ""
	}
	lines, ok := s.files[at.File]
	if !ok {
		lines = s.read(at.File)
		s.files[at.File] = lines
	}
	if at.Line > len(lines) {
		return ""
	}
	return sentence(strings.TrimSpace(strings.ReplaceAll(lines[at.Line-1], "\t", " ")))
}

// called is what an object may be called in a line of source.
const called = `([\pL_][\pL\d_.\[\]]*)`

// forms are how the object of an operation stands in a line of source, by the kind of operation.
var forms = func() map[string][]*regexp.Regexp {
	all := map[string][]*regexp.Regexp{
		"Send":    {regexp.MustCompile(called + `\s*<-`)},
		"Receive": {regexp.MustCompile(`<-\s*` + called), regexp.MustCompile(`range\s+` + called)},
		"Close":   {regexp.MustCompile(`close\(\s*` + called + `\s*\)`)},
	}
	for kind, methods := range map[string]string{"Lock": "Lock", "RLock": "RLock", "TryLock": "TryR?Lock", "Unlock": "R?Unlock", "Wait": "Wait",
		"CondWait": "Wait", "Signal": "Signal|Broadcast", "Add": "Add|Done|Go", "Once": "Do", "Read": "Load", "Write": "Store",
		"Update": "Add|Swap|CompareAndSwap|Or|And"} {
		all[kind] = []*regexp.Regexp{regexp.MustCompile(called + `\.(?:` + methods + `)\(`)}
	}
	return all
}()

// expression returns what the source calls the object of an operation, if one line of it tells: q.notEmpty.
func (s *sources) expression(kind string, at Site) string {
	line, _, _ := strings.Cut(s.line(at), "//")
	for _, f := range forms[kind] {
		if all := f.FindAllStringSubmatch(line, 2); len(all) == 1 {
			return all[0][1]
		}
	}
	return ""
}

// expressions returns the names that the source has for an object, in the order of use, at most three.
func (t *table) expressions(object int, rows []row) []string {
	var all []string
	for _, r := range rows {
		if r.step < 0 || t.steps[r.step].Object != object {
			continue
		}
		e := t.src.expression(t.steps[r.step].Kind, t.steps[r.step].at())
		if e != "" && !slices.Contains(all, e) && len(all) < 3 {
			all = append(all, e)
		}
	}
	return all
}
