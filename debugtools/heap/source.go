package heap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// chunk is how much is read at once.
const chunk = 1 << 18

// longest is the longest text that a record may hold: no name of a function or file comes near it.
const longest = 1 << 20

// A source hands out the numbers and texts of a dump, from a reader that may end anywhere or lie about lengths. The first error
// sticks: all later numbers are 0. It never allocates more than what the reader has really delivered, rounded up to twice that.
type source struct {
	r        io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] is read and not yet handed out
	mark     int   // buf[mark:] must stay, or -1
	off      int64 // where in the stream buf[0] lies
	most     int64 // how large buf may become
	err      error
}

// newSource returns a source whose buffer grows to so many bytes at most.
func newSource(r io.Reader, most int64) *source {
	return &source{r: r, buf: make([]byte, 2*chunk), mark: -1, most: most}
}

// at is the offset in the stream of the next byte.
func (s *source) at() int64 { return s.off + int64(s.pos) }

// errCorrupt is what a dump cannot contain.
var errCorrupt = errors.New("impossible content")

// corrupt stops reading at something that no runtime writes.
func (s *source) corrupt(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: "+format, append([]any{errCorrupt}, args...)...)
	}
}

// fill reads on, and reports whether it got anything. It keeps what is marked and what is not yet handed out.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	from := s.pos
	if s.mark >= 0 {
		from = s.mark
		s.mark = 0
	}
	copy(s.buf, s.buf[from:s.end])
	s.off += int64(from)
	s.pos -= from
	s.end -= from
	if len(s.buf)-s.end < chunk/2 {
		if int64(len(s.buf)) > s.most/2 {
			s.err = fmt.Errorf("%w: an object of more than %d bytes", ErrLimit, s.end-s.pos)
			return false
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil && n == 0 {
			s.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// byte returns the next byte.
func (s *source) byte() byte {
	if s.pos == s.end && !s.fill() {
		return 0
	}
	b := s.buf[s.pos]
	s.pos++
	return b
}

// uint returns the next number, as encoding/binary.PutUvarint writes it.
func (s *source) uint() uint64 {
	if s.pos < s.end && s.buf[s.pos] < 0x80 { // most are small
		s.pos++
		return uint64(s.buf[s.pos-1])
	}
	if s.end-s.pos >= binary.MaxVarintLen64 {
		v, n := binary.Uvarint(s.buf[s.pos:s.end])
		if n <= 0 {
			s.corrupt("a number of more than 64 bits")
			return 0
		}
		s.pos += n
		return v
	}
	return s.slow()
}

// slow is uint near the end of what was read.
func (s *source) slow() uint64 {
	var v uint64
	for shift := uint(0); shift < 70; shift += 7 {
		b := s.byte()
		if s.err != nil {
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	s.corrupt("a number of more than 64 bits")
	return 0
}

// need reports whether n more bytes are there, and reads until they are.
func (s *source) need(n uint64) bool {
	for uint64(s.end-s.pos) < n {
		if !s.fill() {
			return false
		}
	}
	return true
}

// text returns the next text, a slice that is good until the next call of any method.
func (s *source) text() []byte {
	n := s.uint()
	if n > longest {
		s.corrupt("a text of %d bytes", n)
	}
	if s.err != nil || !s.need(n) {
		return nil
	}
	s.pos += int(n)
	return s.buf[s.pos-int(n) : s.pos]
}

// memory reads a length and as many bytes, and marks them: contents returns them until release is called.
func (s *source) memory() (size uint64) {
	size = s.uint()
	s.mark = s.pos
	if s.err != nil || !s.need(size) {
		return 0
	}
	s.pos += int(size)
	return size
}

// contents returns the bytes that memory has marked. The slice is good until the next call of any other method.
func (s *source) contents(size uint64) []byte { return s.buf[s.mark : s.mark+int(size)] }

// release gives up what memory has marked.
func (s *source) release() { s.mark = -1 }
