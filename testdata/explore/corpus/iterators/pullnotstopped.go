package iterators

import "iter"

// lines yields the lines of a log.
func lines(log []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range log {
			if !yield(line) {
				return
			}
		}
	}
}

// firstLine returns the first line of a log.
func firstLine(log []string) string {
	next, _ := iter.Pull(lines(log))
	line, _ := next()
	return line
}

// firstLineFixed lets the iterator end.
func firstLineFixed(log []string) string {
	next, stop := iter.Pull(lines(log))
	defer stop()
	line, _ := next()
	return line
}
