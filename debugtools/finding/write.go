package finding

import (
	"bufio"
	"fmt"
	"io"
)

// Write writes findings for people, in the order given: certainty and title, evidence and what to do below. It returns the first error of w.
func Write(w io.Writer, all []Finding) error {
	b := bufio.NewWriter(w)
	for _, f := range all {
		fmt.Fprintf(b, "%-8s  %s\n", f.Certainty, f.Title)
		for _, e := range f.Evidence {
			fmt.Fprintf(b, "            %s\n", e)
		}
		if f.Fix != "" {
			fmt.Fprintf(b, "          fix: %s\n", f.Fix)
		}
		fmt.Fprintln(b)
	}
	return b.Flush()
}
