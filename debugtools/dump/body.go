package dump

import (
	"bytes"
	"strconv"
	"strings"
)

// body reads the lines below a header, up to an empty line or what ends a goroutine without one, and returns the node at which they end.
func (p *parser) body(g *Goroutine, at *node) *node {
	for foreign := 0; ; {
		a, b, n := p.src.pair()
		if n == 0 || len(a) == 0 {
			return at
		}
		if next := p.frame(g, at, a, b); next != nil {
			at, foreign = next, 0
			p.src.advance()
			if p.src.cut() && !complete(b) {
				p.truncated(g, "ends in a line without an end")
			}
			p.src.advance()
			continue
		}
		if next, known := p.single(g, at, a); known {
			at, foreign = next, 0
			p.src.advance()
			continue
		}
		if p.ends(a) || foreign >= maxForeign {
			return at
		}
		if n == 1 && (p.opens(a) || p.src.cut()) {
			p.truncated(g, "ends in the middle of a frame")
		}
		if next := p.torn(g, at, a); next != nil {
			at = next
			continue
		}
		foreign++
		p.foreign()
	}
}

// complete reports whether a file line that has no end has all that is kept of it: its line number is followed by something.
func complete(line []byte) bool { return len(filePart(line)) < len(line) }

// torn reads a frame between whose lines stand those of others. It returns nil, and has read nothing, if the line is not the first of a frame.
func (p *parser) torn(g *Goroutine, at *node, a []byte) *node {
	if !p.opens(a) {
		return nil
	}
	first := bytes.Clone(a)
	p.src.advance()
	for range maxForeign {
		b, ok := p.src.peek()
		if !ok || len(b) == 0 || p.ends(b) {
			break
		}
		next := p.frame(g, at, first, b)
		if next != nil {
			p.src.advance()
			return next
		}
		if p.opens(b) {
			break
		}
		p.foreign()
	}
	if _, more := p.src.peek(); !more {
		p.truncated(g, "ends in the middle of a frame")
	}
	p.problem(first)
	return at
}

// foreign passes over a line of others.
func (p *parser) foreign() {
	line, _ := p.src.peek()
	p.problem(line)
	p.skip()
}

// maxForeign is how many lines of others in a row are looked over within a goroutine.
const maxForeign = 16

// frame reads a frame of two lines and returns its node, or nil if they are none.
func (p *parser) frame(g *Goroutine, at *node, a, b []byte) *node {
	if at.made != nil && madeAgain(g, at.made, a, b) {
		return at.made
	}
	if next := p.again(at, a, b); next != nil {
		return next
	}
	file := filePart(b)
	if file == nil {
		return nil
	}
	if bytes.HasPrefix(a, []byte(creator)) {
		name, by, _ := bytes.Cut(a, []byte(inGoroutine))
		g.Parent, _ = strconv.ParseInt(string(by), 10, 64)
		at.made = p.trie.child(at, kindCreator, name, file, 0)
		return at.made
	}
	open := bytes.LastIndexByte(a, '(')
	if open <= 0 {
		return nil
	}
	c, args, ok := p.trie.lists.parse(a[open+1:], p.args)
	if !ok {
		return nil
	}
	p.args = args
	return p.trie.child(at, kindCall, a[:open+1], file, c)
}

// again reads a call that was read before below the same frames: the child of at that fits, if it is one of those remembered.
func (p *parser) again(at *node, a, b []byte) *node {
	recent := at.recent
	if at.luck < 0 {
		recent = recent[:1]
	}
	for i, h := range recent {
		n := len(h.head)
		if len(a) <= n || a[n-1] != '(' || string(a[:n]) != h.head || !follows(b, h.file) {
			continue
		}
		c, args, ok := p.trie.lists.parse(a[n:], p.args)
		if !ok || c != h.code {
			continue
		}
		p.args = args
		at.recent[0], at.recent[i] = h, at.recent[0]
		at.luck = min(at.luck+1, maxLuck)
		return h
	}
	if len(at.recent) == maxRecent {
		at.luck = max(at.luck-1, -maxLuck)
	}
	return nil
}

// maxLuck bounds node.luck.
const maxLuck = 32

// inGoroutine stands between the function and the number of the goroutine that started another.
const inGoroutine = " in goroutine "

// madeAgain reads the creator that was read last below the same frames, or reports false.
func madeAgain(g *Goroutine, made *node, a, b []byte) bool {
	n := len(made.head)
	if len(a) < n || string(a[:n]) != made.head || !follows(b, made.file) {
		return false
	}
	parent, by := int64(0), a[n:]
	if len(by) > 0 {
		if len(by) <= len(inGoroutine) || len(by) > len(inGoroutine)+18 || string(by[:len(inGoroutine)]) != inGoroutine {
			return false
		}
		for _, c := range by[len(inGoroutine):] {
			if !digit(c) {
				return false
			}
			parent = parent*10 + int64(c-'0')
		}
	}
	g.Parent = parent
	return true
}

// follows reports whether a line is a file and line number, with or without numbers behind them.
func follows(line []byte, file string) bool {
	n := len(file)
	return len(line) >= n && string(line[:n]) == file && (len(line) == n || line[n] == ' ')
}

// filePart returns "\t/dir/file.go:12" of "\t/dir/file.go:12 +0x1d fp=0xc0 sp=0xc1 pc=0x43", or nil if a line is nothing like it.
func filePart(line []byte) []byte {
	if len(line) < 4 || line[0] != '\t' && line[0] != ' ' {
		return nil
	}
	for {
		at := bytes.LastIndexByte(line, ' ')
		if at < 0 || !isOffset(line[at+1:]) {
			break
		}
		line = line[:at]
	}
	at := bytes.LastIndexByte(line, ':')
	if at < 2 || at+1 == len(line) || len(line)-at > 11 {
		return nil
	}
	for _, c := range line[at+1:] {
		if !digit(c) {
			return nil
		}
	}
	return line
}

// isOffset reports whether a word is one of the numbers behind a file.
func isOffset(word []byte) bool {
	for _, name := range []string{"+0x", "fp=0x", "sp=0x", "pc=0x"} {
		if len(word) > len(name) && string(word[:len(name)]) == name {
			return true
		}
	}
	return false
}

// single reads what stands on one line within a goroutine, and reports whether it knows it.
func (p *parser) single(g *Goroutine, at *node, line []byte) (*node, bool) {
	switch {
	case line[0] == '.' && elided(line) != 0:
		return p.trie.child(at, kindElided, line, nil, 0), true
	case bytes.HasPrefix(line, []byte(noStack)):
		g.Flags |= NoStack
		return at, true
	case bytes.HasPrefix(line, []byte("non-Go function at pc=")):
		return p.trie.child(at, kindForeign, []byte("non-Go function"), nil, 0), true
	case lost(line):
		return at, true
	case line[0] == '[':
		return at, p.bracket(g, line)
	}
	return at, false
}

// lost reports whether a line is what the runtime prints when it cannot follow a stack, as in C code: a message, and words of memory.
func lost(line []byte) bool {
	for _, s := range []string{"runtime: g ", "stack: frame={", "                "} {
		if bytes.HasPrefix(line, []byte(s)) {
			return true
		}
	}
	line = bytes.TrimPrefix(line, []byte("0x"))
	colon := bytes.IndexByte(line, ':')
	return colon == 16 && len(bytes.Trim(line[:colon], "0123456789abcdef")) == 0
}

// noStack stands where a stack is missing.
const noStack = "\tgoroutine running on other thread; stack unavailable"

// bracket reads a line in brackets: the beginning of the ancestors, or an owner line.
func (p *parser) bracket(g *Goroutine, line []byte) bool {
	text := string(line)
	if strings.HasPrefix(text, "[originating from goroutine ") {
		g.Flags |= Ancestors
		p.ancestors()
		return true
	}
	if o, ok := parseObject(text, "[waits: "); ok {
		g.Waits = append(g.Waits, o)
		return true
	}
	o, ok := parseObject(text, "[holds: ")
	if ok {
		g.Holds = append(g.Holds, o)
	}
	return ok
}

// ancestors passes over the stacks of ancestors, up to the line before what follows them.
func (p *parser) ancestors() {
	for {
		a, b, n := p.src.pair()
		if n < 2 || len(b) == 0 || p.ends(b) || b[0] == '[' && a[0] != '[' && !bytes.HasPrefix(b, []byte("[originating ")) {
			return
		}
		p.src.advance()
	}
}

// opens reports whether a line can be the first of a frame.
func (p *parser) opens(line []byte) bool {
	open := bytes.LastIndexByte(line, '(')
	if open <= 0 || bytes.HasPrefix(line, []byte(creator)) {
		return bytes.HasPrefix(line, []byte(creator))
	}
	_, args, ok := p.trie.lists.parse(line[open+1:], p.probe[:0])
	p.probe = args
	return ok
}

// ends reports whether a line ends a goroutine although no empty line stands before it.
func (p *parser) ends(line []byte) bool {
	if at, _ := marker(line); at >= 0 {
		return true
	}
	return isReason(line) || bytes.HasPrefix(line, []byte("exit status ")) || bytes.HasPrefix(line, []byte("FAIL\t"))
}
