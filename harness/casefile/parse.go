package casefile

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a case. Errors are of type *[Error]: they say in one line what is wrong, where, and what to do. Parse takes time linear in the
// data, refuses more than [MaxSize] bytes, and never panics.
//
// It reads what people make of a case in an editor: any blanks between words, blank lines, Windows line ends, comments anywhere. Unknown
// keys are kept in Extra.
func Parse(data []byte) (*Case, error) {
	lines, err := body(data)
	if err != nil {
		return nil, err
	}
	p := parser{c: &Case{}, seen: map[string]int{}}
	for i, l := range lines {
		if err := p.line(i+1, l); err != nil {
			return nil, err
		}
	}
	p.c.Trace = cleanTrace(strings.Join(p.trace, "\n"))
	return p.c, p.complete()
}

// body checks the frame of a file, from the first line to the last, and returns its lines with blank ones for these two.
func body(data []byte) ([]string, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &Error{Reason: ErrEmpty}
	}
	if err := checkHeader(data); err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, &Error{Reason: ErrTooBig, Text: fmt.Sprintf("more than %d bytes", MaxSize)}
	}
	lines := strings.Split(string(data), "\n")
	lines[0] = ""
	last, err := checkEnd(lines)
	return lines[:last], err
}

// checkHeader looks at the first line only.
func checkHeader(data []byte) error {
	first, _, whole := bytes.Cut(data, []byte("\n"))
	line := strings.TrimSpace(string(first[:min(len(first), 200)]))
	number, ok := strings.CutPrefix(line, magic)
	switch {
	case !whole && strings.HasPrefix(magic, line):
		return truncated(1)
	case !ok:
		text, hint := sniff(data)
		return &Error{Reason: ErrForeign, Text: text, Hint: hint}
	}
	v, err := strconv.Atoi(number)
	if err != nil || v < 1 {
		return &Error{Reason: ErrSyntax, Line: 1, Text: fmt.Sprintf("bad version in %s", short(line)), Hint: fmt.Sprintf("want %q", magic+"1")}
	}
	if v > Version {
		return &Error{Reason: ErrVersion, Line: 1, Text: fmt.Sprintf("version %d: this harness reads v%d", v, Version), Hint: "update harness"}
	}
	return nil
}

// checkEnd returns the index of the line "end", after which nothing may come.
func checkEnd(lines []string) (int, error) {
	last := 0
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if lines[last] == ending && l != "" {
			return 0, &Error{Reason: ErrSyntax, Line: i + 1, Text: "text after the line \"end\"", Hint: "are these two files in one?"}
		}
		if l != "" {
			last = i
		}
		lines[i] = l
	}
	if lines[last] != ending {
		return 0, truncated(last + 1)
	}
	return last, nil
}

// truncated is the error about a file that ends with a line that is not the last.
func truncated(line int) error {
	return &Error{Reason: ErrTruncated, Line: line, Text: "the file stops here, without the line \"end\"", Hint: "fetch it again"}
}

// key matches what may be the key of a line. Keys that start with "end" are left out: cut short they would read as the end.
var key = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

// validKey reports whether a later version may use a key.
func validKey(s string) bool { return key.MatchString(s) && !strings.HasPrefix(s, ending) }

// A parser collects a case from lines.
type parser struct {
	c     *Case
	seen  map[string]int // the line of each key that comes once
	trace []string
}

// line reads the n-th line, which has no blanks around it.
func (p *parser) line(n int, l string) error {
	if comment, ok := strings.CutPrefix(l, "#"); ok {
		p.trace = append(p.trace, strings.TrimPrefix(comment, " "))
		return nil
	}
	if l == "" {
		return nil
	}
	if err := p.pair(n, l); err != nil {
		return &Error{Reason: ErrSyntax, Line: n, Text: err.Error()}
	}
	return nil
}

// pair reads a line that is a key and its text.
func (p *parser) pair(n int, l string) error {
	if !utf8.ValidString(l) || strings.ContainsFunc(l, forbidden) {
		return fmt.Errorf("unprintable characters in %s", short(l))
	}
	key, text, _ := cutBlank(l)
	if !validKey(key) {
		return fmt.Errorf("%s is no key", short(key))
	}
	if text == "" {
		return fmt.Errorf("%q has no text", key)
	}
	f, known := fieldOf(key)
	if !known {
		p.c.Extra = append(p.c.Extra, Line{key, text})
		return nil
	}
	if err := f.set(p.c, text); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return p.once(f, n, text)
}

// once refuses a line that may come only once and came before.
func (p *parser) once(f field, n int, text string) error {
	id := f.key
	if f.named {
		name, _, _ := strings.Cut(text, "=")
		id += " " + name
	} else if f.many {
		return nil
	}
	if before := p.seen[id]; before > 0 {
		return fmt.Errorf("a second %q, after that in line %d", id, before)
	}
	p.seen[id] = n
	return nil
}

// complete asks for what no case can do without.
func (p *parser) complete() error {
	key := p.c.missing()
	if key == "" {
		return nil
	}
	e := &Error{Reason: ErrSyntax, Text: fmt.Sprintf("there is no line %q", key)}
	if len(p.c.Extra) > 0 {
		e.Hint = fmt.Sprintf("this harness does not know the line %q", p.c.Extra[0].Key)
	}
	return e
}
