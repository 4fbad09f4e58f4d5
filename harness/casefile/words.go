package casefile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// This file knows how text is put on a line: plain where it can be, as a Go string literal where it must be.

// errWord is what a reader finds where a word should be.
var errWord = errors.New("a word is missing")

// plain reports whether s is one line of printable text without blanks around it that a reader would not take for a literal.
func plain(s string) bool {
	return s != "" && s[0] != '"' && s == strings.TrimSpace(s) && strings.IndexFunc(s, unprintable) < 0 && strings.ToValidUTF8(s, "") == s
}

// unprintable reports whether a rune cannot stand in a line. The only blank that can is the ASCII space.
func unprintable(r rune) bool { return !strconv.IsPrint(r) }

// quoteText returns s as it stands on the rest of a line.
func quoteText(s string) string {
	if plain(s) {
		return s
	}
	return strconv.Quote(s)
}

// unquoteText is the inverse of quoteText.
func unquoteText(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	s, err := strconv.Unquote(text)
	if err != nil {
		return "", fmt.Errorf("%s is no Go string", short(text))
	}
	return s, nil
}

// quoteWord returns s as one word of a line.
func quoteWord(s string) string {
	if plain(s) && !strings.Contains(s, " ") {
		return s
	}
	return strconv.Quote(s)
}

// nextWord splits off the first word of a line.
func nextWord(text string) (word, rest string, err error) {
	if text = strings.TrimLeft(text, " \t"); text == "" {
		return "", "", errWord
	}
	if text[0] != '"' {
		word, rest, _ = cutBlank(text)
		return word, rest, nil
	}
	literal, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", fmt.Errorf("%s is no Go string", short(text))
	}
	rest = text[len(literal):]
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", "", fmt.Errorf("no blank after %s", short(literal))
	}
	word, err = strconv.Unquote(literal)
	return word, strings.TrimLeft(rest, " \t"), err
}

// cutBlank splits a text at its first blanks.
func cutBlank(text string) (before, after string, found bool) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, "", false
	}
	return text[:i], strings.TrimLeft(text[i:], " \t"), true
}

// quoteWords joins words into a line.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quoteWord(w)
	}
	return strings.Join(quoted, " ")
}

// splitWords is the inverse of quoteWords.
func splitWords(text string) (words []string, err error) {
	for text != "" {
		var w string
		if w, text, err = nextWord(text); err != nil {
			return nil, err
		}
		words = append(words, w)
	}
	return words, nil
}

// exactWords splits a line that must have n words.
func exactWords(text string, n int, want string) ([]string, error) {
	words, err := splitWords(text)
	if err == nil && len(words) != n {
		err = fmt.Errorf("%s has %d words; want %s", short(text), len(words), want)
	}
	return words, err
}

// short quotes a text for an error, shortened.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "..."
	}
	return strconv.Quote(s)
}

// cleanTrace makes a trace what a file can hold: valid UTF-8, no control characters but tabs, no blanks at line ends, no blank lines at
// its end.
func cleanTrace(s string) string {
	lines := strings.Split(strings.ToValidUTF8(s, "\uFFFD"), "\n")
	for i, l := range lines {
		l = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\t' {
				return -1
			}
			return r
		}, l)
		lines[i] = strings.TrimRightFunc(l, unicode.IsSpace)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
