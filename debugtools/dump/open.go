package dump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// headSize is how much of an input is looked at to say what it is.
const headSize = 4096

// maxProto bounds what is read of a profile, which is small: 2 KB for 800 000 goroutines.
const maxProto = 1 << 30

// open looks at the beginning of an input: unpacks gzip, decodes UTF-16, and reads all of it if it is a profile. It returns the text that is left
// to read, or nil.
func (p *parser) open(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, headSize)
	head, _ := in.Peek(headSize)
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		unzip, err := gzip.NewReader(in)
		if err != nil {
			return nil, &NotADump{Looks: "a gzip archive that is damaged (" + oneLine(err.Error()) + ")"}
		}
		p.size = 0
		in = bufio.NewReaderSize(unzip, headSize)
		head, _ = in.Peek(headSize)
	}
	p.beginning = append([]byte(nil), head...)
	if isProto(head) {
		data, err := io.ReadAll(io.LimitReader(in, maxProto))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		return nil, p.readProto(data)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return &utf16Reader{r: in, order: binary.LittleEndian}, nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return &utf16Reader{r: in, order: binary.BigEndian}, nil
	case bytes.HasPrefix(head, []byte("\ufeff")):
		_, err := in.Discard(3)
		return in, err
	}
	return in, nil
}

// A utf16Reader turns UTF-16, which PowerShell writes into files, into UTF-8. The byte order mark is dropped.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	high  rune // the first half of a pair, or 0
	out   []byte
}

// Read fills b with text.
func (u *utf16Reader) Read(b []byte) (int, error) {
	for len(u.out) < len(b) {
		var unit [2]byte
		if _, err := io.ReadFull(u.r, unit[:]); err != nil {
			if len(u.out) == 0 {
				return 0, err
			}
			break
		}
		u.add(rune(u.order.Uint16(unit[:])))
	}
	n := copy(b, u.out)
	u.out = append(u.out[:0], u.out[n:]...)
	return n, nil
}

// add decodes one unit.
func (u *utf16Reader) add(c rune) {
	switch {
	case u.high != 0:
		u.out = utf8.AppendRune(u.out, utf16.DecodeRune(u.high, c))
		u.high = 0
	case c >= 0xd800 && c < 0xdc00:
		u.high = c
	case c != 0xfeff:
		u.out = utf8.AppendRune(u.out, c)
	}
}
