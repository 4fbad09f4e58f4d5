package finding

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Clean takes control characters out of a text that came from outside: names in a dump or a symbol table may hold anything, and a terminal obeys some.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

// Write writes findings for people, in the order given: certainty and title, evidence and what to do below, all of it clean. It returns the first error of w.
func Write(w io.Writer, all []Finding) error {
	b := bufio.NewWriter(w)
	for _, f := range all {
		fmt.Fprintf(b, "%-8s  %s\n", f.Certainty, Clean(f.Title))
		for _, e := range f.Evidence {
			fmt.Fprintf(b, "            %s\n", Clean(e))
		}
		if f.Fix != "" {
			fmt.Fprintf(b, "          fix: %s\n", Clean(f.Fix))
		}
		fmt.Fprintln(b)
	}
	return b.Flush()
}
