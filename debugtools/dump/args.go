package dump

import "strings"

// Tokens of an argument list.
const (
	tokenWord  = 1
	tokenStale = 2 // a word followed by "?"
	tokenBlank = 3 // "_": the offset is too large for the compiler's tables
	tokenDots  = 4 // "...": more follows; alone in a list, the call was inlined
	tokenOpen  = 5
	tokenClose = 6
)

// A code stands for the tokens of a list: three bits each if there are at most maxTokens of them, and else longCode with an
// index into the lists that are too long for that. Two lists have the same code if and only if they have the same tokens.
type code uint64

const (
	maxTokens = 20
	longCode  = code(1) << 63
	inlined   = code(tokenDots) // of "(...)"
)

// An argLists reads argument lists and knows the codes of the long ones.
type argLists struct {
	long    []string
	codes   map[string]code
	scratch []byte
}

// parse reads an argument list from the text behind its opening parenthesis up to the closing one, which must be the last byte.
// It appends the values to args.
func (l *argLists) parse(text []byte, args []uint64) (c code, values []uint64, ok bool) {
	n, tokens, depth := len(text)-1, 0, 0
	if n < 0 || text[n] != ')' {
		return 0, args, false
	}
	for i := 0; i < n; {
		token := code(tokenWord)
		if text[i] == '0' && text[i+1] == 'x' {
			value, next := hex(text, i+2)
			if next == i+2 || next > i+18 {
				return 0, args, false
			}
			args, i = append(args, value), next
			if text[i] == '?' {
				token, i = tokenStale, i+1
			}
		} else if token, i = other(text, i); token == 0 {
			return 0, args, false
		}
		depth += nesting[token]
		if depth < 0 {
			return 0, args, false
		}
		c = l.add(c, tokens, token)
		tokens++
		if text[i] == ',' && i+2 < n && text[i+1] == ' ' {
			i += 2
		}
	}
	if tokens > maxTokens {
		c = l.intern()
	}
	return c, args, depth == 0
}

// nesting is by how much a token changes the depth of braces.
var nesting = [8]int{tokenOpen: 1, tokenClose: -1}

// other reads a token that is no word at text[i:], and returns it with the index behind it, or 0. The text ends in a parenthesis.
func other(text []byte, i int) (token code, next int) {
	switch text[i] {
	case '{':
		return tokenOpen, i + 1
	case '}':
		return tokenClose, i + 1
	case '_':
		return tokenBlank, i + 1
	case '.':
		if strings.HasPrefix(string(text[i:min(i+3, len(text))]), "...") {
			return tokenDots, i + 3
		}
	}
	return 0, i
}

// add puts a token behind n others.
func (l *argLists) add(c code, n int, token code) code {
	if n < maxTokens {
		return c<<3 | token
	}
	if n == maxTokens {
		l.scratch = append(l.scratch[:0], c.unpack()...)
	}
	l.scratch = append(l.scratch, byte(token))
	return c
}

// intern returns the code of the tokens in scratch.
func (l *argLists) intern() code {
	c, ok := l.codes[string(l.scratch)]
	if ok {
		return c
	}
	if l.codes == nil {
		l.codes = map[string]code{}
	}
	c = longCode | code(len(l.long))
	tokens := string(l.scratch)
	l.long, l.codes[tokens] = append(l.long, tokens), c
	return c
}

// tokens returns what a code stands for.
func (l *argLists) tokens(c code) string {
	if c&longCode != 0 {
		return l.long[c&^longCode]
	}
	return c.unpack()
}

// unpack returns the tokens of a code that is no index.
func (c code) unpack() string {
	var tokens [maxTokens]byte
	i := len(tokens)
	for ; c != 0; c >>= 3 {
		i--
		tokens[i] = byte(c & 7)
	}
	return string(tokens[i:])
}

// hex reads hexadecimal digits from text[i:] and returns their value and the index behind them. The text must not end in a digit.
func hex(text []byte, i int) (value uint64, next int) {
	for {
		d := digits[text[i]]
		if d > 15 {
			return value, i
		}
		value, i = value<<4|uint64(d), i+1
	}
}

// digits maps a byte to the value of the hexadecimal digit, and what is none to 255.
var digits = func() (table [256]byte) {
	for i := range table {
		table[i] = 255
	}
	for i := range 10 {
		table['0'+i] = byte(i)
	}
	for i := range 6 {
		table['a'+i], table['A'+i] = byte(10+i), byte(10+i)
	}
	return table
}()
