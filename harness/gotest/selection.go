package gotest

import (
	"fmt"
	"regexp"
	"strings"
)

// A selection is the meaning of -run: alternatives, each a list of expressions for the levels of a test's name.
type selection struct {
	alternatives [][]string
	top          []*regexp.Regexp // the first level of each alternative
}

// parseSelection reads an expression as -run does. The empty expression selects everything.
func parseSelection(expression string) (selection, error) {
	var s selection
	for _, alternative := range splitOutside(expression, '|') {
		levels := splitOutside(alternative, '/')
		top, err := regexp.Compile(levels[0])
		if err != nil {
			return s, fmt.Errorf("reading the expression for tests %q: %w", expression, err)
		}
		for _, level := range levels[1:] {
			if _, err := regexp.Compile(level); err != nil {
				return s, fmt.Errorf("reading the expression for tests %q: %w", expression, err)
			}
		}
		s.alternatives, s.top = append(s.alternatives, levels), append(s.top, top)
	}
	return s, nil
}

// splitOutside splits an expression at a separator outside brackets and parentheses.
func splitOutside(s string, separator byte) []string {
	var parts []string
	brackets, parens, from := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '[':
			brackets++
		case c == ']':
			brackets = max(0, brackets-1)
		case c == '(' && brackets == 0:
			parens++
		case c == ')' && brackets == 0:
			parens--
		case c == separator && brackets == 0 && parens == 0:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// run returns the expression for -test.run that runs one top-level test, with the subtests that were selected, and whether the
// test is selected at all.
func (s selection) run(test string) (expression string, ok bool) {
	var parts []string
	own := "^" + regexp.QuoteMeta(test) + "$"
	for i, top := range s.top {
		if !top.MatchString(test) {
			continue
		}
		if len(s.alternatives[i]) == 1 {
			return own, true
		}
		parts = append(parts, strings.Join(append([]string{own}, s.alternatives[i][1:]...), "/"))
	}
	return strings.Join(parts, "|"), len(parts) > 0
}
