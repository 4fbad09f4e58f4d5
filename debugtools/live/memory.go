package live

import "encoding/binary"

// A part is some bytes of the memory of a process that are wanted.
type part struct {
	addr uint64
	buf  []byte
	ok   bool // buf was filled
}

// A memory is what can be read of a process or of what is left of one.
type memory interface {
	// read fills every part from its address and sets its ok. An address at which nothing lies is no error.
	read(parts []part) error
}

// A space reads single values from a memory. The first error that made reading impossible stays.
type space struct {
	mem memory
	err error
}

// bytes reads n bytes, nil if not all of them are there.
func (s *space) bytes(addr uint64, n int) []byte {
	if addr == 0 || n <= 0 {
		return nil
	}
	one := [1]part{{addr: addr, buf: make([]byte, n)}}
	if err := s.mem.read(one[:]); err != nil && s.err == nil {
		s.err = err
	}
	if !one[0].ok {
		return nil
	}
	return one[0].buf
}

// word reads a word of 8 bytes, 0 if nothing is there.
func (s *space) word(addr uint64) uint64 { return word(s.bytes(addr, 8), 0) }

// str reads a string whose head, address and length, is at addr. It is empty if that cannot be, or if it is longer than limit.
func (s *space) str(addr uint64, limit int) string {
	head := s.bytes(addr, 16)
	n := word(head, 8)
	if n > uint64(limit) {
		return ""
	}
	return string(s.bytes(word(head, 0), int(n)))
}

// word returns the word at an offset, 0 if the bytes end before or the offset is negative, as that of an unknown field is.
func word(b []byte, off int32) uint64 {
	if off < 0 || int(off)+8 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint64(b[off:])
}

// half returns the 4 bytes at an offset in the same way.
func half(b []byte, off int32) uint32 {
	if off < 0 || int(off)+4 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[off:])
}

// single returns the byte at an offset in the same way.
func single(b []byte, off int32) uint8 {
	if off < 0 || int(off) >= len(b) {
		return 0
	}
	return b[off]
}

// chunk is how much is read at once where much is searched.
const chunk = 1 << 20

// each calls f with the contents of a range, piece by piece, until it returns false. Pieces overlap by two words, so that three of them
// never lie in two pieces. Those that cannot be read are left out.
func (s *space) each(from, to uint64, f func(addr uint64, b []byte) bool) {
	buf := make([]byte, min(to-from, chunk+16))
	for at := from; at < to; at += chunk {
		one := [1]part{{addr: at, buf: buf[:min(to-at, chunk+16)]}}
		if err := s.mem.read(one[:]); err != nil && s.err == nil {
			s.err = err
		}
		if one[0].ok && !f(at, one[0].buf) {
			return
		}
	}
}
