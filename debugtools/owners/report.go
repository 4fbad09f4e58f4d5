package owners

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Report is what one process has written about the order of its locks.
type Report struct {
	Locks  map[int]Lock // by name, a number
	Edges  []Edge
	Events []Event
	// Dropped is not 0 if something was not written down for want of room. What follows from the rest is true, and there may be more.
	Dropped int
	// Truncated is true if the end of the report is missing.
	Truncated bool
}

// A Lock is a lock that was locked together with others.
type Lock struct {
	Kind string // mutex, rwmutex or once
	Addr uint64
	// Writer is the goroutine that has locked a rwmutex for writing, -1 if there were several, 0 if nobody has.
	Writer int64
	// Handed says that a goroutine has unlocked it that had not locked it.
	Handed bool
}

// An Edge is that a lock was locked, or waited for, while others were held.
type Edge struct {
	Takes Step
	Holds []Step // the last one first
	// Cut says that more locks were held than Holds has room for.
	Cut bool
	// Stack is where it was done first, innermost first, without frames of package sync.
	Stack []Site
}

// A Step is one lock of an edge.
type Step struct {
	Lock int  // its name
	Read bool // locked for reading
	Try  bool // by TryLock or TryRLock
	At   Site // where it was locked
}

// A Site is a place in the source.
type Site struct {
	Func, File string
	Line       int
}

// String is "bank.transfer (bank.go:51)".
func (s Site) String() string {
	if s.Func == "" {
		return "unknown"
	}
	return fmt.Sprintf("%s (%s:%d)", s.Func, s.File[strings.LastIndexAny(s.File, `/\`)+1:], s.Line)
}

// An Event is that a goroutine has done what an edge says.
type Event struct {
	Edge              int // index in Edges
	Goroutine, Parent int64
	// After are the events that came before, by go statements, channels and wait groups. All others may overlap with it.
	After []Range
}

// A Range is the events from one to another, both included.
type Range struct{ From, To int }

// Parse reads all reports in a text, such as a file that GODMODE_ORDER named or the standard error output of a program. What stands between them is skipped. An
// error is one of reading, or names the line that is no line of a report; the reports up to there are returned with it. It takes time and memory in the order
// of the length of the text.
//
// A report is these lines, in this order:
//
//	lock-order 1
//	lock N KIND 0xADDR writer=GOROUTINE [handed]
//	edge I [cut]
//	locks N write|read|try-write|try-read [at FUNC FILE:LINE]
//	holds N write|read [at FUNC FILE:LINE]
//	stack FUNC FILE:LINE
//	event I edge=I goroutine=N parent=N [after I-I...]
//	end dropped=N
func Parse(r io.Reader) ([]Report, error) {
	var all []Report
	p := parser{}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if line == "lock-order 1" {
			all = p.put(all)
			p.report = &Report{Locks: map[int]Lock{}, Truncated: true}
			continue
		}
		if p.report == nil {
			continue
		}
		if err := p.line(line); err != nil {
			return p.put(all), fmt.Errorf("line %d: %w: %.80q", n, err, line)
		}
		if !p.report.Truncated {
			all = p.put(all)
		}
	}
	return p.put(all), sc.Err()
}

// A parser reads one report.
type parser struct{ report *Report }

// put adds the report that was read, if there is one.
func (p *parser) put(all []Report) []Report {
	if p.report == nil {
		return all
	}
	r := *p.report
	p.report = nil
	return append(all, r)
}

var errLine = errors.New("no line of a report on locks")

// line reads a line of a report.
func (p *parser) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	f := &fields{words: strings.Fields(rest)}
	r := p.report
	switch word {
	case "lock":
		name := f.index()
		l := Lock{Kind: f.word(), Addr: f.address(), Writer: int64(f.value("writer="))}
		l.Handed = f.maybe("handed")
		r.Locks[name] = l
	case "edge":
		f.expect(len(r.Edges))
		r.Edges = append(r.Edges, Edge{Cut: f.maybe("cut")})
	case "locks", "holds", "stack":
		return r.part(word, rest)
	case "event":
		f.expect(len(r.Events))
		e := Event{Edge: f.value("edge="), Goroutine: int64(f.value("goroutine=")), Parent: int64(f.value("parent="))}
		for more := f.maybe("after"); more && len(f.words) > 0; {
			e.After = append(e.After, f.span())
		}
		if f.bad || e.Edge < 0 || e.Edge >= len(r.Edges) {
			return errLine
		}
		r.Events = append(r.Events, e)
	case "end":
		r.Dropped, r.Truncated = f.value("dropped="), false
	default:
		return errLine
	}
	if f.bad || len(f.words) > 0 {
		return errLine
	}
	return nil
}

// part reads a line that belongs to an edge.
func (r *Report) part(word, rest string) error {
	if len(r.Edges) == 0 {
		return errLine
	}
	e := &r.Edges[len(r.Edges)-1]
	if word == "stack" {
		site, ok := parseSite(rest)
		e.Stack = append(e.Stack, site)
		return check(ok)
	}
	left, at, placed := strings.Cut(rest, " at ")
	f := &fields{words: strings.Fields(left)}
	s := Step{Lock: f.index()}
	mode := f.word()
	how, try := strings.CutPrefix(mode, "try-")
	s.Try, s.Read = try, how == "read"
	ok := !f.bad && len(f.words) == 0 && (how == "read" || how == "write")
	if placed && ok {
		s.At, ok = parseSite(at)
	}
	if word == "locks" {
		e.Takes = s
	} else {
		e.Holds = append(e.Holds, s)
	}
	return check(ok)
}

// check is errLine if a line is not right.
func check(ok bool) error {
	if ok {
		return nil
	}
	return errLine
}

// parseSite reads "FUNC FILE:LINE". A function may have blanks in its type arguments; a file name begins after the last " /" or, on windows, before its colon.
func parseSite(s string) (Site, bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return Site{}, false
	}
	line, err := strconv.Atoi(s[i+1:])
	s = s[:i]
	cut := strings.Index(s, " /")
	if cut < 0 {
		cut = strings.IndexByte(s, ' ')
	}
	if err != nil || line < 0 || cut <= 0 {
		return Site{}, false
	}
	return Site{Func: s[:cut], File: s[cut+1:], Line: line}, true
}

// fields are the words of a line that are not read yet.
type fields struct {
	words []string
	bad   bool // a word was not what was expected
}

// word takes the next word.
func (f *fields) word() string {
	if len(f.words) == 0 {
		f.bad = true
		return ""
	}
	w := f.words[0]
	f.words = f.words[1:]
	return w
}

// number takes a number.
func (f *fields) number(word string) int {
	n, err := strconv.Atoi(word)
	f.bad = f.bad || err != nil
	return n
}

// index takes a number that is not negative.
func (f *fields) index() int {
	n := f.number(f.word())
	f.bad = f.bad || n < 0
	return n
}

// span takes a range of events. Ranges go up.
func (f *fields) span() Range {
	from, to, ok := strings.Cut(f.word(), "-")
	r := Range{f.number(from), f.number(to)}
	f.bad = f.bad || !ok || r.From < 0 || r.To < r.From
	return r
}

// expect takes a number that must be the next one.
func (f *fields) expect(n int) { f.bad = f.index() != n || f.bad }

// value takes a word that begins with a name, and returns the number behind it.
func (f *fields) value(name string) int {
	v, ok := strings.CutPrefix(f.word(), name)
	f.bad = f.bad || !ok
	return f.number(v)
}

// address takes an address.
func (f *fields) address() uint64 {
	n, err := strconv.ParseUint(f.word(), 0, 64)
	f.bad = f.bad || err != nil
	return n
}

// maybe takes a word if it is the next one.
func (f *fields) maybe(word string) bool {
	if len(f.words) == 0 || f.words[0] != word {
		return false
	}
	f.words = f.words[1:]
	return true
}
