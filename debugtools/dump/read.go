package dump

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Read reads one dump. [Options] has the knobs; this is the zero value of them.
func Read(r io.Reader) (*Dump, error) { return Options{}.Read(r) }

// Options say how to read. The zero value reads everything.
type Options struct {
	// Keep, if not nil, says which goroutines to keep. The others are only counted, in Dump.Dropped. The goroutine is valid only until Keep returns.
	Keep func(*Goroutine) bool
}

// Read reads one dump.
func (o Options) Read(r io.Reader) (*Dump, error) {
	p := &parser{src: newSource(r), head: newHeaders(), trie: newTrie(), dump: &Dump{}, keep: o.Keep}
	p.run()
	if p.src.err != nil {
		return nil, fmt.Errorf("read dump: %w", p.src.err)
	}
	return p.finish()
}

// A parser reads dumps from lines.
type parser struct {
	src      *source
	head     *headers
	trie     *trie
	dump     *Dump
	keep     func(*Goroutine) bool
	args     []uint64 // the block that arguments are put into
	pointers int      // headers with gp=
	scratch  []byte
}

// creator starts the line of the go statement.
const creator = "created by "

// run reads all lines.
func (p *parser) run() {
	for {
		line, ok := p.src.peek()
		if !ok {
			return
		}
		if h, ok := p.head.parse(line); ok {
			p.goroutine(h)
			continue
		}
		if p.enter(line) {
			continue
		}
		p.reason(line)
		p.skip()
	}
}

// skip passes over a line that belongs to no goroutine.
func (p *parser) skip() {
	from := p.src.offset()
	p.src.advance()
	p.dump.Skipped += p.src.offset() - from
}

// enter recognises a header with something in front of it, and lets the source strip that from all lines, or only from this one if
// the next line does not have it.
func (p *parser) enter(line []byte) bool {
	at, _ := marker(line)
	if at <= 0 {
		return false
	}
	if _, ok := p.head.parse(line[at:]); !ok {
		return false
	}
	pre := newPrefix(line[:at])
	_, next, n := p.src.pair()
	if n == 2 {
		if _, ok := pre.match(next); ok {
			p.src.prefix = pre
			p.src.reset()
			return true
		}
	}
	p.src.a.from += at
	return true
}

// reason remembers the line that says why a program died.
func (p *parser) reason(line []byte) {
	if p.dump.Reason == "" && len(p.dump.Goroutines) == 0 && isReason(line) {
		p.dump.Reason = string(line)
	}
}

// isReason reports whether a line says why a program died.
func isReason(line []byte) bool {
	if bytes.HasPrefix(line, []byte("panic: ")) || bytes.HasPrefix(line, []byte("fatal error: ")) {
		return true
	}
	name, _, ok := bytes.Cut(line, []byte(": "))
	return ok && len(name) > 3 && string(name[:3]) == "SIG" && bytes.Equal(bytes.ToUpper(name), name) && !bytes.Contains(name, []byte(" "))
}

// goroutine reads a goroutine whose header is the current line.
func (p *parser) goroutine(h header) {
	r := h.remarks
	g := Goroutine{ID: h.id, Count: 1, State: r.state, Minutes: r.minutes, Flags: r.flags, Bubble: r.bubble, Labels: r.labels, Line: p.src.line}
	if h.pointer {
		p.pointers++
	}
	cut := p.src.cut()
	p.src.advance()
	p.reserve()
	from := len(p.args)
	end := p.body(&g, p.trie.root)
	g.Args = p.args[from:len(p.args):len(p.args)]
	g.Stack, g.Shape = p.trie.end(end)
	if cut || end == p.trie.root && g.Flags&NoStack == 0 {
		p.truncated("goroutine %d has no stack", g.ID)
	}
	if p.keep == nil || p.keep(&g) {
		g.Stack.Goroutines++
		p.dump.Goroutines = append(p.dump.Goroutines, g)
		return
	}
	p.args = p.args[:from]
	p.dump.Dropped++
}

// truncated notes that the input ends too early, if this is its end.
func (p *parser) truncated(format string, args ...any) {
	if _, more := p.src.peek(); !more && !p.dump.Truncated {
		p.dump.Truncated = true
		p.dump.TruncatedAt = fmt.Sprintf("line %d: ", p.src.line) + fmt.Sprintf(format, args...)
	}
}

const (
	block   = 1 << 15 // words in a block of arguments
	reserve = 1 << 11 // words that are free when a goroutine begins: 100 frames of at most 10 words, and room for what is odd
)

// reserve makes room for the arguments of a goroutine. What does not fit makes append move them, which is right, too.
func (p *parser) reserve() {
	if cap(p.args)-len(p.args) < reserve {
		p.args = make([]uint64, 0, block)
	}
}

// body reads the lines below a header and returns the node at which they end.
func (p *parser) body(g *Goroutine, at *node) *node {
	foreign := 0
	for {
		a, b, n := p.src.pair()
		if n == 0 || len(a) == 0 {
			return at
		}
		if next := p.frame(g, at, a, b); next != nil {
			at = next
			p.src.advance()
			if p.src.cut() {
				p.src.advance()
				p.truncated("goroutine %d ends in a line without an end", g.ID)
				return at
			}
			p.src.advance()
			foreign = 0
			continue
		}
		next, known := p.single(g, at, a)
		if known {
			at, foreign = next, 0
			p.src.advance()
			continue
		}
		if p.ends(a) || foreign >= maxForeign {
			return at
		}
		if p.src.cut() || n == 1 && isCall(a) {
			p.src.advance()
			p.truncated("goroutine %d ends in the middle of a frame", g.ID)
			return at
		}
		foreign++
		p.problem(a)
		p.skip()
	}
}

// maxForeign is how many lines of others in a row are looked over within a goroutine.
const maxForeign = 16

// frame reads a frame of two lines and returns its node, or nil if they are none.
func (p *parser) frame(g *Goroutine, at *node, a, b []byte) *node {
	if h := at.hint; h != nil && h.kind == kindCall && len(a) > len(h.head) && string(a[:len(h.head)]) == h.head && follows(b, h.file) {
		c, args, ok := p.trie.lists.parse(a[len(h.head):], p.args)
		if ok && c == h.code {
			p.args = args
			return h
		}
	}
	file := filePart(b)
	if file == nil {
		return nil
	}
	if bytes.HasPrefix(a, []byte(creator)) {
		name, by, _ := bytes.Cut(a, []byte(" in goroutine "))
		g.Parent, _ = strconv.ParseInt(string(by), 10, 64)
		return p.trie.child(at, kindCreator, name, file, 0)
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
	case bytes.HasPrefix(line, []byte("\tgoroutine running on other thread; stack unavailable")):
		g.Flags |= NoStack
		return at, true
	case bytes.HasPrefix(line, []byte("non-Go function at pc=")):
		return p.trie.child(at, kindForeign, []byte("non-Go function"), nil, 0), true
	case line[0] == '[':
		return at, p.bracket(g, line)
	}
	return at, false
}

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

// isCall reports whether a line can be the first of a frame.
func isCall(line []byte) bool {
	return bytes.HasPrefix(line, []byte(creator)) || bytes.IndexByte(line, '(') > 0
}

// ends reports whether a line ends a goroutine although no empty line stands before it.
func (p *parser) ends(line []byte) bool {
	if at, _ := marker(line); at >= 0 {
		return true
	}
	return isReason(line) || bytes.HasPrefix(line, []byte("exit status ")) || bytes.HasPrefix(line, []byte("FAIL\t"))
}

// maxProblems bounds Dump.Problems.
const maxProblems = 100

// problem notes a line that was not understood.
func (p *parser) problem(line []byte) {
	if len(p.dump.Problems) < maxProblems {
		p.dump.Problems = append(p.dump.Problems, Problem{p.src.line, string(line[:min(len(line), 200)])})
	}
}

// finish completes the dump.
func (p *parser) finish() (*Dump, error) {
	d := p.dump
	d.Stacks = p.trie.stacks
	d.Bytes = p.src.base + int64(p.src.end)
	d.Skipped += p.src.alien
	switch {
	case 2*p.pointers > len(d.Goroutines):
		d.Form = FormQuit
	case d.Reason != "":
		d.Form = FormPanic
	default:
		d.Form = FormStack
	}
	if len(d.Goroutines)+d.Dropped == 0 {
		return nil, &NotADump{Looks: "a text without goroutines"}
	}
	return d, nil
}
