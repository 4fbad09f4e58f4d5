package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file writes and reads the values of single lines.

// String returns "exact", "exact 2/2", "statistical 7/17" or "best-effort".
func (f Fidelity) String() string {
	if f.Runs == 0 {
		return string(f.Level)
	}
	return fmt.Sprintf("%s %d/%d", f.Level, f.Failed, f.Runs)
}

// valid reports whether the numbers fit each other and the level.
func (f Fidelity) valid() bool {
	return f.Level.rank() > 0 && f.Failed >= 0 && f.Failed <= f.Runs &&
		(f.Level != Exact || f.Failed == f.Runs) && (f.Level != Statistical || f.Runs > 0)
}

func (e Expectation) valid() bool { return e == ExpectFail || e == ExpectPass }

func parseFidelity(text string) (f Fidelity, err error) {
	level, counts, found := cutBlank(text)
	f.Level = Level(level)
	if found {
		k, n, _ := strings.Cut(counts, "/")
		var bad error
		f.Failed, err = parseCount(k)
		f.Runs, bad = parseCount(n)
		err = errors.Join(err, bad)
	}
	if err != nil || !f.valid() || found && f.Runs == 0 {
		return f, fmt.Errorf("fidelity is %s; want exact, exact 2/2, statistical k/n with k of n replays failed, or best-effort", short(text))
	}
	return f, nil
}

// parseCount reads a decimal number that is not negative.
func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%s is no count", short(text))
	}
	return n, nil
}

func parsePair(text string) (p Pair, err error) {
	key, value, found := strings.Cut(text, "=")
	if !found || !pairKey(key) {
		return p, fmt.Errorf("%s is no pair; want name=value", short(text))
	}
	p.Key = key
	p.Value, err = unquoteText(value)
	return p, err
}

// pairKey reports whether a name can stand before "=".
func pairKey(s string) bool { return plain(s) && !strings.ContainsAny(s, " =\"") }

// String returns the step as it stands in a file: "c0 push 1".
func (s Step) String() string {
	text := fmt.Sprintf("c%d %s", s.Client, quoteWord(s.Op))
	if s.Arg != "" {
		text += " " + s.Arg
	}
	return text
}

func (s Step) problem() string {
	switch {
	case s.Client < 0:
		return fmt.Sprintf("step of client %d", s.Client)
	case s.Op == "":
		return "step without operation"
	case s.Arg != "" && !argument(s.Arg):
		return fmt.Sprintf("the argument %s is no JSON value and no Go string on one line", short(s.Arg))
	}
	return ""
}

// argument reports whether s can stand as the argument of a step.
func argument(s string) bool {
	if !utf8.ValidString(s) || s != strings.TrimSpace(s) || strings.ContainsFunc(s, forbidden) {
		return false
	}
	if json.Valid([]byte(s)) {
		return true
	}
	_, err := strconv.Unquote(s)
	return err == nil
}

// forbidden reports whether a rune may not stand in a line of a file.
func forbidden(r rune) bool { return unicode.IsControl(r) && r != '\t' }

func parseStep(text string) (s Step, err error) {
	who, rest, err := nextWord(text)
	if err != nil {
		return s, err
	}
	if s.Client, err = parseCount(strings.TrimPrefix(who, "c")); err != nil || who[:1] != "c" {
		return s, fmt.Errorf("%s is no client; want c and a number", short(who))
	}
	if s.Op, s.Arg, err = nextWord(rest); err != nil {
		return s, fmt.Errorf("operation: %w", err)
	}
	if problem := s.problem(); problem != "" {
		return s, errors.New(problem)
	}
	return s, nil
}

// String returns the decision as it stands in a file: "c1 4 pop:cas -> c0".
func (d Decision) String() string {
	return fmt.Sprintf("%s %d %s -> %s", quoteWord(d.Goroutine), d.N, quoteWord(d.Site), quoteWord(d.Next))
}

func (d Decision) problem() string {
	if d.Goroutine == "" || d.Next == "" || d.N < 0 {
		return fmt.Sprintf("switch %q names no goroutine or no count", d.String())
	}
	return ""
}

func parseDecision(text string) (d Decision, err error) {
	const want = "goroutine, count, site, -> and the next goroutine"
	w, err := exactWords(text, 5, want)
	if err != nil {
		return d, err
	}
	if w[3] != "->" {
		return d, fmt.Errorf("%s instead of ->, want %s", short(w[3]), want)
	}
	d = Decision{Goroutine: w[0], Site: w[2], Next: w[4]}
	if d.N, err = parseCount(w[1]); err != nil {
		return d, err
	}
	if problem := d.problem(); problem != "" {
		return d, errors.New(problem)
	}
	return d, nil
}

// String returns the fault as it stands in a file: "net.write conn=2 3 reset".
func (f FaultDecision) String() string {
	return fmt.Sprintf("%s %s %d %s", quoteWord(f.Site), quoteWord(f.Key), f.N, quoteWord(f.Action))
}

func parseFault(text string) (f FaultDecision, err error) {
	w, err := exactWords(text, 4, "site, key, count, action")
	if err != nil {
		return f, err
	}
	f = FaultDecision{Site: w[0], Key: w[1], Action: w[3]}
	if f.N, err = strconv.ParseUint(w[2], 10, 64); err != nil {
		return f, fmt.Errorf("%s is no count", short(w[2]))
	}
	return f, nil
}
