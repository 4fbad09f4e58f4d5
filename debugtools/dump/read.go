package dump

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Read reads one dump with the zero [Options].
func Read(r io.Reader) (*Dump, error) { return Options{}.Read(r) }

// ReadAll reads all dumps of an input with the zero [Options].
func ReadAll(r io.Reader) ([]*Dump, error) { return Options{}.ReadAll(r) }

// Options say how to read. The zero value keeps everything.
type Options struct {
	// Keep, if not nil, says which goroutines to keep. The others are only counted, in Dump.Dropped. The goroutine is valid only until Keep returns.
	Keep func(*Goroutine) bool
}

// Read reads one dump in one pass. If the input has several, it returns the one with the most goroutines, the last of equals, with the race reports of
// the whole input, and says in Dump.Others how many there were besides.
//
// The input may be gzip'd, or UTF-16 with a byte order mark. Lines may end in \r\n, and every line may have something in front of it that a log
// has added. Lines of others in between are passed over, and listed in Dump.Problems if they stand within a goroutine. A dump that is cut is
// read as far as it goes, and Dump.Truncated is set.
//
// Owner lines, which a program prints that was built to record who holds its locks, are read into Waits and Holds:
//
//	[waits: KIND 0xADDR owner=N count=N at=FUNC FILE:LINE]
//	[holds: KIND 0xADDR count=N at=FUNC FILE:LINE]
//
// The error is a [*NotADump] if there are neither goroutines nor race reports, and else that of r. Time is linear in the input; memory is 200
// bytes a goroutine, 8 for each word of arguments, and what is distinct in its stacks and labels.
func (o Options) Read(r io.Reader) (*Dump, error) {
	all, err := o.ReadAll(r)
	if err != nil {
		return nil, err
	}
	best := all[0]
	var races []Race
	for _, d := range all {
		if d.Total()+d.Dropped >= best.Total()+best.Dropped {
			best = d
		}
		races = append(races, d.Races...)
	}
	best.Races, best.Others = races, len(all)-1
	return best, nil
}

// ReadAll reads all dumps of an input, at least one, in their order. A dump ends where a goroutine appears again, where a second goroutine is running
// in a form that shows only its own, where a program says once more why it dies, and where a profile begins. The error is as for Read.
func (o Options) ReadAll(r io.Reader) ([]*Dump, error) {
	p := &parser{head: newHeaders(), keep: o.Keep, size: size(r)}
	p.begin()
	text, err := p.open(r)
	if err != nil {
		return nil, p.wrap(err)
	}
	if text != nil {
		p.src = newSource(text, p.size)
		p.run()
		if err := p.src.err; errors.Is(err, io.ErrUnexpectedEOF) {
			p.cut("the archive is cut")
		} else if err != nil {
			return nil, p.wrap(err)
		}
	}
	return p.finish()
}

// wrap returns the error of Read.
func (p *parser) wrap(err error) error {
	var not *NotADump
	if errors.As(err, &not) {
		return err
	}
	return fmt.Errorf("read dump: %w", err)
}

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
	if next := p.again(at, a, b); next != nil {
		return next
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

// again reads a call that was read before below the same frames: the child of at that fits, if it is one of those remembered.
func (p *parser) again(at *node, a, b []byte) *node {
	for i, h := range at.recent {
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
		return h
	}
	return nil
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
	case line[0] == '[':
		return at, p.bracket(g, line)
	}
	return at, false
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

// maxProblems bounds Dump.Problems.
const maxProblems = 100

// problem notes a line that was not understood.
func (p *parser) problem(line []byte) {
	if len(p.dump.Problems) < maxProblems {
		p.dump.Problems = append(p.dump.Problems, Problem{p.src.line, string(line[:min(len(line), 200)])})
	}
}

// checkEnd looks for signs that the end of the input is not the end of the dump.
func (p *parser) checkEnd() {
	if p.src.offset() == pprofLimit {
		p.cut("the dump has 64 MB, after which runtime/pprof writes nothing more")
	}
	if n := len(p.dump.Goroutines); n > 0 && p.last != nil && p.last.kind != kindRoot && !p.last.outermost() {
		if g := &p.dump.Goroutines[n-1]; g.ID > 0 && g.Flags&System == 0 {
			p.truncated(g, "does not say what created it")
		}
	}
}

// checkHeader notes that the last line of the input is the beginning of a header.
func (p *parser) checkHeader(line []byte) {
	known := min(len(line), len(start))
	if p.src.cut() && known > 0 && len(p.dump.Goroutines) > 0 && string(line[:known]) == start[:known] {
		p.cut(fmt.Sprintf("line %d: a header ends in its middle", p.src.line))
	}
}

// pprofLimit is the size of the largest dump that /debug/pprof/goroutine?debug=2 gives.
const pprofLimit = 64 << 20

// outermost reports whether no frame and no creator need follow a node: it is that of the main goroutine, of the runtime, or of a call from C.
func (n *node) outermost() bool {
	if n.kind == kindForeign {
		return true
	}
	return n.head == "main.main(" || strings.HasPrefix(n.head, "runtime.") || strings.HasPrefix(n.head, "_cgoexp_") || strings.Contains(n.head, ".init")
}

// versions matches the version in the path of the standard library's source.
var versions = regexp.MustCompile(`[/\\@-]go-?(1\.\d+(?:\.\d+)?)(?:[.-][a-z0-9-]+)?[/\\]src[/\\]`)

// version returns the version of Go that the path of a file tells, or nothing.
func version(stacks []*Stack) string {
	for _, s := range stacks[:min(len(stacks), 100)] {
		for _, f := range s.Frames {
			if m := versions.FindStringSubmatch(f.File); m != nil {
				return m[1]
			}
		}
	}
	return ""
}
