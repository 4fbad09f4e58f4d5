package dump

import "bytes"

// A prefix is what a log has put in front of every line: a time, the name of a container, the indentation of go test. Digits in it
// stand for any number, and everything else for itself.
type prefix struct {
	pattern []byte // with one '0' for each run of digits
	blank   []byte // the pattern without blanks at its end: what stands in front of an empty line
}

// newPrefix returns the prefix that a text is an example of.
func newPrefix(example []byte) *prefix {
	p := &prefix{}
	for i, c := range example {
		switch {
		case !digit(c):
			p.pattern = append(p.pattern, c)
		case i == 0 || !digit(example[i-1]):
			p.pattern = append(p.pattern, '0')
		}
	}
	p.blank = bytes.TrimRight(p.pattern, " \t")
	return p
}

// match returns the length of the prefix of a line, or false if the line has another one.
func (p *prefix) match(line []byte) (n int, ok bool) {
	if n, ok = matches(p.pattern, line); ok {
		return n, true
	}
	if n, ok = matches(p.blank, line); ok && n == len(line) {
		return n, true
	}
	return 0, false
}

// matches returns how much of a line a pattern stands for.
func matches(pattern, line []byte) (n int, ok bool) {
	for _, c := range pattern {
		if n >= len(line) {
			return 0, false
		}
		if c != '0' {
			if line[n] != c {
				return 0, false
			}
			n++
			continue
		}
		if !digit(line[n]) {
			return 0, false
		}
		for n < len(line) && digit(line[n]) {
			n++
		}
	}
	return n, true
}

// digit reports whether a byte is a decimal digit.
func digit(c byte) bool { return c-'0' < 10 }
