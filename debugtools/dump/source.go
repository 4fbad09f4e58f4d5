package dump

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
)

const (
	smallBuffer = 4 << 10
	largeBuffer = 256 << 10
	maxLine     = 4 << 20 // a longer line is read in pieces
)

// maxAlien is after how many lines in a row without the prefix it is given up.
const maxAlien = 1000

// A span is one line in the buffer of a source, without what precedes it on every line, and without its end.
type span struct {
	from, to int
	next     int // where the next line begins; 0 if the span is not known
	lines    int // how many lines of the input it takes: more than 1 if lines of others were skipped
}

// A source cuts what it reads into lines and shows two of them at a time. It copies nothing: a line is valid until the source moves on.
type source struct {
	r      io.Reader
	buf    []byte
	pos    int // where the current line begins
	end    int // where the buffer ends
	a, b   span
	eof    bool
	err    error   // of r, other than io.EOF
	base   int64   // where the buffer begins in the input
	line   int64   // of the current line, from 1
	prefix *prefix // what every line begins with, or nil
	alien  int64   // bytes of lines that were skipped because they lack the prefix
}

// newSource returns a source of the lines of r, at the first of them. The size is that of the input, or 0 if it is not known.
func newSource(r io.Reader, size int64) *source {
	buffer := int64(largeBuffer)
	if size > 0 {
		buffer = min(buffer, max(size+1, smallBuffer))
	}
	return &source{r: r, buf: make([]byte, buffer), line: 1}
}

// fill reads more into the buffer, which may move what is in it. It reports false at the end.
func (s *source) fill() bool {
	if s.eof {
		return false
	}
	if s.pos > 0 {
		s.shift()
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
	return false
}

// size returns how long the input is as far as its reader knows, or 0.
func size(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// shift moves what is not yet read to the beginning of the buffer.
func (s *source) shift() {
	copy(s.buf, s.buf[s.pos:s.end])
	for _, l := range []*span{&s.a, &s.b} {
		l.from, l.to, l.next = l.from-s.pos, l.to-s.pos, max(l.next-s.pos, 0)
	}
	s.base += int64(s.pos)
	s.end -= s.pos
	s.pos = 0
}

// find returns the distance from the current line to the end of the line that begins at distance d from it, and how long that end is: 0 at
// the end of the input. It reports false if there is no such line.
func (s *source) find(d int) (to, eol int, ok bool) {
	seen := d
	for {
		if i := bytes.IndexByte(s.buf[s.pos+seen:s.end], '\n'); i >= 0 {
			return seen + i, 1, true
		}
		seen = s.end - s.pos
		if seen-d >= maxLine {
			return seen, 0, true
		}
		if !s.fill() {
			return seen, 0, seen > d
		}
	}
}

// scan returns the line that begins at distance d from the current one.
func (s *source) scan(d int) (l span, ok bool) {
	for {
		to, eol, ok := s.find(d)
		if !ok {
			return span{}, false
		}
		l.lines++
		from, end := s.pos+d, s.pos+to
		l.next = end + eol
		if end > from && s.buf[end-1] == '\r' {
			end--
		}
		l.from, l.to = from, end
		if s.prefix == nil {
			return l, true
		}
		if l.lines > maxAlien {
			s.prefix = nil
			return l, true
		}
		if skip, ok := s.strip(s.buf[from:end]); ok {
			l.from += skip
			return l, true
		}
		s.alien += int64(l.next - from)
		d = l.next - s.pos
	}
}

// strip returns how many bytes of a line are the prefix, or false if the line is somebody else's.
func (s *source) strip(line []byte) (n int, ok bool) {
	if n, ok := s.prefix.match(line); ok {
		return n, true
	}
	if n, _ := marker(line); n >= 0 {
		s.prefix = nil
		return 0, true
	}
	return 0, false
}

// peek returns the current line. It reports false at the end of the input.
func (s *source) peek() (line []byte, ok bool) {
	if s.a.next == 0 {
		if s.a, ok = s.scan(0); !ok {
			return nil, false
		}
	}
	return s.buf[s.a.from:s.a.to], true
}

// pair returns the current line and the next one, and how many of them there are.
func (s *source) pair() (a, b []byte, n int) {
	if s.prefix == nil && s.b.next == 0 && s.quick() {
		return s.buf[s.a.from:s.a.to], s.buf[s.b.from:s.b.to], 2
	}
	if _, ok := s.peek(); !ok {
		return nil, nil, 0
	}
	if s.b.next == 0 {
		l, ok := s.scan(s.a.next - s.pos)
		if !ok {
			return s.buf[s.a.from:s.a.to], nil, 1
		}
		s.b = l
	}
	return s.buf[s.a.from:s.a.to], s.buf[s.b.from:s.b.to], 2
}

// quick finds both lines if they are in the buffer, and all of the line is theirs. It is scan for what nearly always is the case.
func (s *source) quick() bool {
	if s.a.next == 0 && !s.within(&s.a, s.pos) {
		return false
	}
	return s.within(&s.b, s.a.next)
}

// within finds the line that begins at from if its end is in the buffer.
func (s *source) within(l *span, from int) bool {
	i := bytes.IndexByte(s.buf[from:s.end], '\n')
	if i < 0 {
		return false
	}
	to := from + i
	l.next, l.lines = to+1, 1
	if i > 0 && s.buf[to-1] == '\r' {
		to--
	}
	l.from, l.to = from, to
	return true
}

// advance moves to the next line.
func (s *source) advance() {
	s.line += int64(s.a.lines)
	s.pos, s.a, s.b = s.a.next, s.b, span{}
}

// cut reports whether the current line has no end: the input stops in it.
func (s *source) cut() bool {
	return s.eof && s.a.next == s.end && (s.end == 0 || s.buf[s.end-1] != '\n')
}

// offset returns where the current line begins in the input.
func (s *source) offset() int64 { return s.base + int64(s.pos) }

// reset forgets the lines that were looked at, so that they are read anew: with another prefix.
func (s *source) reset() { s.a, s.b = span{}, span{} }
