package dump

import (
	"fmt"
	"strconv"
	"strings"
)

// A Filter chooses goroutines. Its Match fits Options.Keep and Dump.Select.
type Filter struct {
	text  string
	match func(*Goroutine) bool
}

// Match reports whether a goroutine is chosen.
func (f *Filter) Match(g *Goroutine) bool { return f.match(g) }

// String returns the expression.
func (f *Filter) String() string { return f.text }

// A FilterError says what is wrong with an expression, and where.
type FilterError struct {
	Text string // the expression
	At   int    // the byte, from 0
	What string // what is wrong there
}

// Error returns one line.
func (e *FilterError) Error() string {
	return fmt.Sprintf("filter %q: %s at column %d", e.Text, e.What, e.At+1)
}

// ParseFilter reads an expression. The error is a [*FilterError].
//
//	state=select                     the state, exactly
//	func=http. file=/server.go       a part of the name of any function, of the path of any file on the stack
//	creator=main.main                a part of the name of the function that started it
//	state~^chan  func~"conn.*serve"  a regular expression of package regexp
//	minutes>=5                       also = != < > <=
//	id=7,12,20-30 parent=1 bubble=2  numbers
//	label.user=anna label.user       a profiler label with this value, with any value
//	flag=leaked                      locked, leaked, scan, durable, system, ancestors, nostack
//	serve                            a word alone: a part of the name of any function
//	not A    A and B    A or B    (A)    also ! && ||
//
// What has blanks or parentheses stands in double quotes. "and" binds closer than "or", "not" closest; terms in a row without a word between mean and.
func ParseFilter(text string) (*Filter, error) {
	p := &filterParser{text: text}
	match, err := p.parse()
	if err != nil {
		return nil, err
	}
	return &Filter{text, match}, nil
}

// A predicate is a part of a filter.
type predicate = func(*Goroutine) bool

// A filterParser is a recursive descent over the expression.
type filterParser struct {
	text  string
	pos   int
	depth int
}

// maxDepth bounds parentheses and negations within each other.
const maxDepth = 100

// parse reads the whole text.
func (p *filterParser) parse() (predicate, error) {
	match, err := p.or()
	if err == nil && !p.done() {
		err = p.fail("unexpected " + strconv.Quote(p.text[p.pos:p.pos+1]))
	}
	return match, err
}

// fail makes the error for the current place.
func (p *filterParser) fail(what string) error { return &FilterError{p.text, p.pos, what} }

// done skips blanks and reports whether nothing is left.
func (p *filterParser) done() bool {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	return p.pos == len(p.text)
}

// accept skips one of some words or signs if it comes next.
func (p *filterParser) accept(words ...string) bool {
	if p.done() {
		return false
	}
	for _, w := range words {
		rest, ok := strings.CutPrefix(p.text[p.pos:], w)
		if !ok || w[0] >= 'a' && rest != "" && strings.IndexByte(" \t\r\n(!\"", rest[0]) < 0 {
			continue
		}
		p.pos += len(w)
		return true
	}
	return false
}

// or reads A or B.
func (p *filterParser) or() (predicate, error) {
	left, err := p.and()
	for err == nil && p.accept("or", "||") {
		a := left
		var b predicate
		b, err = p.and()
		left = func(g *Goroutine) bool { return a(g) || b(g) }
	}
	return left, err
}

// and reads A and B, or A B.
func (p *filterParser) and() (predicate, error) {
	left, err := p.not()
	for err == nil {
		if !p.accept("and", "&&") && p.ends() {
			break
		}
		a := left
		var b predicate
		b, err = p.not()
		left = func(g *Goroutine) bool { return a(g) && b(g) }
	}
	return left, err
}

// ends reports whether no term can follow here.
func (p *filterParser) ends() bool {
	at := p.pos
	defer func() { p.pos = at }()
	return p.done() || p.accept(")", "or", "||")
}

// not reads not A, (A), or a term.
func (p *filterParser) not() (predicate, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many parentheses")
	}
	defer func() { p.depth-- }()
	if p.accept("not", "!") {
		a, err := p.not()
		return func(g *Goroutine) bool { return !a(g) }, err
	}
	if p.accept("(") {
		a, err := p.or()
		if err == nil && !p.accept(")") {
			err = p.fail("missing )")
		}
		return a, err
	}
	return p.term()
}

// term reads a word, or key, sign and value.
func (p *filterParser) term() (predicate, error) {
	if p.done() {
		return nil, p.fail("a condition is missing")
	}
	at := p.pos
	key, err := p.word("=~<>!")
	if err != nil {
		return nil, err
	}
	sign := p.sign()
	if sign == "" {
		if name, ok := strings.CutPrefix(key, "label."); ok {
			return func(g *Goroutine) bool { return hasLabel(g, name) }, nil
		}
		return texts["func"].contains(key), nil
	}
	p.done()
	from := p.pos
	value, err := p.word("")
	if err != nil {
		return nil, err
	}
	match, what := condition(key, sign, value)
	switch {
	case what == "":
		return match, nil
	case match == nil && strings.HasPrefix(what, "unknown key"):
		p.pos = at
	default:
		p.pos = from
	}
	return nil, p.fail(what)
}

// sign reads = != ~ < <= > >= or nothing. Who writes == means =.
func (p *filterParser) sign() string {
	p.done()
	if strings.HasPrefix(p.text[p.pos:], "==") {
		p.pos += 2
		return "="
	}
	for _, s := range []string{"!=", ">=", "<=", "=", "~", "<", ">"} {
		if strings.HasPrefix(p.text[p.pos:], s) {
			p.pos += len(s)
			return s
		}
	}
	return ""
}

// word reads a word up to a blank, a parenthesis or one of the bytes in stop; or text in double quotes.
func (p *filterParser) word(stop string) (string, error) {
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, `"`) {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return "", p.fail("a quote that does not end")
		}
		p.pos += len(quoted)
		return strconv.Unquote(quoted)
	}
	end := strings.IndexAny(rest, " \t\r\n()"+stop)
	if end < 0 {
		end = len(rest)
	}
	if end == 0 {
		return "", p.fail("a word is missing")
	}
	p.pos += end
	return rest[:end], nil
}
