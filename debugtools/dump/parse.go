package dump

import (
	"bytes"
	"fmt"
	"slices"
)

// A parser reads dumps from lines.
type parser struct {
	src       *source // nil if the input is no text
	beginning []byte  // of the input
	size      int64   // of the input, or 0 if not known
	head      *headers
	keep      func(*Goroutine) bool
	args      []uint64 // the block that arguments are put into
	dumps     []*Dump  // those before
	probe     []uint64 // arguments of lines that turn out not to be needed
	candidate string   // a line that may hold a reason, with something in front of it
	current
}

// current is the state of reading one dump.
type current struct {
	dump     *Dump
	trie     *trie
	from     int64  // where it begins in the input
	ids      *idSet // goroutines seen
	pointers int    // headers with gp=
	running  bool   // a goroutine is running
	reason   string // a line that says why a program died, and no goroutine since
	crash    bool   // threads print their stacks one after the other, which shows some goroutines again
	last     *node  // where the last goroutine ends, if more of it may follow
}

// begin begins a dump.
func (p *parser) begin() {
	p.current = current{dump: &Dump{}, trie: newTrie(), ids: newIDSet(), reason: p.reason}
	if p.src != nil {
		p.from = p.src.offset()
	}
}

// split ends a dump and begins another.
func (p *parser) split() {
	p.end()
	p.begin()
}

// end completes a dump, and forgets it if nothing is in it.
func (p *parser) end() {
	d := p.dump
	d.Stacks = p.trie.stacks
	if p.src != nil {
		d.Bytes = p.src.offset() - p.from
	}
	switch {
	case d.Form != "":
	case len(d.Goroutines)+d.Dropped == 0:
		d.Form = FormRace
	case 2*p.pointers > len(d.Goroutines)+d.Dropped:
		d.Form = FormQuit
	case d.Reason != "":
		d.Form = FormPanic
	default:
		d.Form = FormStack
	}
	if len(d.Goroutines)+d.Dropped+len(d.Races) > 0 || d.Form == FormCounts || d.Form == FormProto {
		d.Go = version(d.Stacks)
		p.dumps = append(p.dumps, d)
	}
}

// finish completes the last dump and returns all.
func (p *parser) finish() ([]*Dump, error) {
	if p.src != nil {
		p.checkEnd()
		p.dump.Skipped += p.src.alien
	}
	p.end()
	if len(p.dumps) == 0 {
		return nil, recognise(p.beginning)
	}
	return p.dumps, nil
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
		} else if total, ok := countsTitle(line); ok {
			p.counts(total)
		} else if !p.resume(line) && !p.enter(line) {
			p.checkHeader(line)
			p.other(line)
			p.skip()
		}
	}
}

// other takes what it can from a line that belongs to no goroutine.
func (p *parser) other(line []byte) {
	switch {
	case len(line) == 0:
		return
	case isReason(line):
		p.reason = string(line)
	case string(line) == "-----":
		p.crash = true
	case bytes.Contains(line, []byte("panic: ")) || bytes.Contains(line, []byte("fatal error: ")):
		p.candidate = string(line)
	}
	p.last = nil
}

// skip passes over a line that belongs to no goroutine.
func (p *parser) skip() {
	from := p.src.offset()
	p.src.advance()
	p.dump.Skipped += p.src.offset() - from
}

// enter recognises a header or race report, with or without something in front of it. What is in front the source strips from all lines, or only
// from this one if the next line does not have it.
func (p *parser) enter(line []byte) bool {
	at, kind := marker(line)
	if at < 0 {
		return false
	}
	if at > 0 {
		p.enterPrefix(line[:at])
		return true
	}
	if kind == markRace {
		p.race()
		return true
	}
	h, ok := p.head.parseLeak(line)
	if ok {
		p.goroutine(h)
	}
	return ok
}

// enterPrefix lets the source strip what precedes the current line.
func (p *parser) enterPrefix(example []byte) {
	pre := newPrefix(example)
	if _, next, n := p.src.pair(); n == 2 {
		if _, ok := pre.match(next); ok {
			if skip, ok := pre.match([]byte(p.candidate)); ok && isReason([]byte(p.candidate[skip:])) {
				p.reason = p.candidate[skip:]
			}
			p.src.prefix = pre
			p.src.reset()
			return
		}
	}
	p.src.a.from += len(example)
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
	again := p.meet(h)
	r, d := h.remarks, p.dump
	if len(d.Goroutines) == guess {
		p.grow()
	}
	d.Goroutines = append(d.Goroutines, Goroutine{ID: h.id, Count: 1, State: r.state, Minutes: r.minutes, Flags: r.flags, Bubble: r.bubble,
		Labels: r.labels, Line: p.src.line})
	g := &d.Goroutines[len(d.Goroutines)-1]
	cut := p.src.cut()
	p.src.advance()
	p.reserve()
	from := len(p.args)
	end := p.body(g, p.trie.root)
	if _, more := p.src.peek(); !more && (cut || end == p.trie.root && g.Flags&NoStack == 0) {
		p.truncated(g, "has no stack")
	}
	p.complete(g, end, from)
	if again || p.keep != nil && !p.keep(g) {
		p.args, p.last = p.args[:from], nil
		d.Goroutines = d.Goroutines[:len(d.Goroutines)-1]
		g.Stack.Goroutines--
		if !again {
			d.Dropped++
		}
	}
}

// complete gives a goroutine its stack, which ends at a node, and its arguments, which begin at from.
func (p *parser) complete(g *Goroutine, end *node, from int) {
	g.Args = p.args[from:len(p.args):len(p.args)]
	g.Stack, g.Shape = p.trie.end(end)
	g.Stack.Goroutines++
	p.last = nil
	if end.kind != kindCreator {
		p.last = end
	}
	if g.ID == 0 || g.Stack.system {
		g.Flags |= System
	}
}

// meet notes the goroutine of a header, and begins a new dump if it cannot belong to this one. It reports whether the goroutine is shown again.
func (p *parser) meet(h header) (again bool) {
	again = h.id > 0 && !p.ids.add(h.id)
	running := h.remarks.state == "running" && !h.pointer
	if running {
		_, next, _ := p.src.pair()
		running = p.opens(next)
	}
	if p.dump.Form == FormCounts || (again || running && p.running || p.reason != "" && len(p.dump.Goroutines) > 0) && !p.crash {
		p.split()
		p.ids.add(h.id)
		again = false
	}
	if p.reason != "" {
		p.dump.Reason, p.reason = p.reason, ""
	}
	p.running = p.running || running
	if h.pointer {
		p.pointers++
	}
	return again
}

// resume goes on with the last goroutine if an empty line of somebody else's stood in the middle of it.
func (p *parser) resume(line []byte) bool {
	if p.last == nil || len(line) == 0 {
		return false
	}
	a, b, _ := p.src.pair()
	g := &p.dump.Goroutines[len(p.dump.Goroutines)-1]
	from := len(p.args) - len(g.Args)
	next := p.frame(g, p.last, a, b)
	if next == nil {
		return false
	}
	p.src.advance()
	p.src.advance()
	g.Stack.Goroutines--
	p.complete(g, p.body(g, next), from)
	return true
}

// guess is after how many goroutines the number of all is guessed from the length of the input.
const guess = 1000

// grow makes room for as many goroutines as the input will have if it goes on like this.
func (p *parser) grow() {
	if seen := p.src.offset(); seen > 0 && p.keep == nil {
		rest := float64(p.size-seen) / float64(seen) * guess
		p.dump.Goroutines = slices.Grow(p.dump.Goroutines, int(max(0, rest*1.02)))
	}
}

// truncated notes that a goroutine is cut, which only the first time says where.
func (p *parser) truncated(g *Goroutine, how string) {
	p.cut(fmt.Sprintf("line %d: goroutine %d %s", p.src.line, g.ID, how))
}

// cut notes that the dump is cut.
func (p *parser) cut(how string) {
	if !p.dump.Truncated {
		p.dump.Truncated, p.dump.TruncatedAt = true, how
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

// maxProblems bounds Dump.Problems.
const maxProblems = 100

// problem notes a line that was not understood.
func (p *parser) problem(line []byte) {
	if len(p.dump.Problems) < maxProblems {
		p.dump.Problems = append(p.dump.Problems, Problem{p.src.line, string(line[:min(len(line), 200)])})
	}
}
