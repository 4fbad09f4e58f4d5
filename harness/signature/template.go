package signature

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The parts of a message that change from run to run, in the order in which they are replaced.
var (
	quoted  = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")
	paths   = regexp.MustCompile(`(?:[A-Za-z]:)?(?:[/\\][\w.@+~-]+){2,}`)
	address = regexp.MustCompile(`\b0[xX][0-9a-fA-F]+\??`)
	hexWord = regexp.MustCompile(`\b[0-9a-f]*\d[0-9a-f]*[a-f][0-9a-f]*\b`)
	number  = regexp.MustCompile(`[0-9]+`)
	spaces  = regexp.MustCompile(`\s+`)
)

// minHexWord is the length from which a word of hexadecimal digits counts as an identifier rather than as a word.
const minHexWord = 8

// template replaces what changes from run to run in one line of a message: quoted text, paths, addresses, identifiers in
// hexadecimal, and numbers.
func template(message string) string {
	m := quoted.ReplaceAllString(clip(message, 1000), `"?"`)
	m = paths.ReplaceAllString(m, "PATH")
	m = address.ReplaceAllString(m, "ADDR")
	m = hexWord.ReplaceAllStringFunc(m, func(w string) string {
		if len(w) >= minHexWord {
			return "HEX"
		}
		return w
	})
	m = number.ReplaceAllString(m, "N")
	return clip(strings.TrimSpace(spaces.ReplaceAllString(m, " ")), 200)
}

// clip shortens a text to at most n bytes and a mark, without cutting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
