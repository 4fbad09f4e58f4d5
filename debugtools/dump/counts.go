package dump

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// countsTitle returns the number of goroutines that the first line of a profile of counts announces, or false if the line is none.
func countsTitle(line []byte) (total int, ok bool) {
	name, rest, found := bytes.Cut(line, []byte(" profile: total "))
	if !found || string(name) != "goroutine" && string(name) != "goroutineleak" {
		return 0, false
	}
	total, err := strconv.Atoi(string(rest))
	return total, err == nil && total >= 0
}

// counts reads /debug/pprof/goroutine?debug=1, whose first line is the current one.
func (p *parser) counts(total int) {
	if len(p.dump.Goroutines) > 0 || p.dump.Form != "" {
		p.split()
	}
	p.dump.Form = FormCounts
	p.src.advance()
	for {
		line, ok := p.src.peek()
		if !ok {
			break
		}
		if n, ok := countsEntry(line); ok {
			p.entry(n)
			continue
		}
		if _, again := countsTitle(line); again || p.ends(line) {
			break
		}
		p.skip()
	}
	if have := p.dump.Total() + p.dump.Dropped; have < total {
		p.cut(fmt.Sprintf("it announces %d goroutines and has %d", total, have))
	}
}

// countsEntry reads "12 @ 0x43a1b6 0x406f3b".
func countsEntry(line []byte) (n int, ok bool) {
	count, rest, found := bytes.Cut(line, []byte(" @"))
	if !found || len(rest) > 0 && rest[0] != ' ' {
		return 0, false
	}
	n, err := strconv.Atoi(string(count))
	return n, err == nil && n > 0
}

// entry reads one stack with its count, up to the empty line.
func (p *parser) entry(n int) {
	g := Goroutine{ID: -1, Count: n, Line: p.src.line}
	at := p.trie.root
	for {
		p.src.advance()
		line, ok := p.src.peek()
		if !ok || len(line) == 0 || line[0] != '#' {
			break
		}
		if labels, found := bytes.CutPrefix(line, []byte("# labels: ")); found {
			g.Labels, _ = p.head.internLabels(string(labels))
			continue
		}
		if function, place, found := countsFrame(line); found {
			at = p.trie.child(at, kindProfile, function, place, 0)
		} else {
			p.problem(line)
		}
	}
	p.counted(g, at)
}

// counted adds goroutines that a profile has counted.
func (p *parser) counted(g Goroutine, at *node) {
	g.Stack, _ = p.trie.end(at)
	if p.keep != nil && !p.keep(&g) {
		p.dump.Dropped += g.Count
		return
	}
	g.Stack.Goroutines += g.Count
	p.dump.Goroutines = append(p.dump.Goroutines, g)
}

// countsFrame reads "#	0x43a1b5	main.f+0x15	/src/main.go:12", with any number of tabs between, or "#	0x43a1b5" of a function without a name.
func countsFrame(line []byte) (function, place []byte, ok bool) {
	text, ok := bytes.CutPrefix(line, []byte("#\t0x"))
	pc, text, named := bytes.Cut(text, []byte("\t"))
	if !ok {
		return nil, nil, false
	}
	if !named {
		return append([]byte("0x"), pc...), nil, true
	}
	tab := bytes.IndexByte(text, '\t')
	if tab < 0 {
		return nil, nil, false
	}
	function, place = text[:tab], bytes.TrimLeft(text[tab:], "\t")
	if plus := strings.LastIndex(string(function), "+0x"); plus > 0 {
		function = function[:plus]
	}
	return function, place, len(function) > 0 && len(place) > 0
}
