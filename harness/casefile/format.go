package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// Version is the version of the format that this package writes. It is raised only when an old reader could misread a new file.
	Version = 1
	// MaxSize is the largest case, in bytes. What is larger belongs into a file of its own.
	MaxSize = 64 << 10

	magic  = "harness case v"
	ending = "end"
)

// A field is one key of the format: how its lines are made from a case, and how a line is read into one. Writer and reader use the same
// table, so that neither can know a key that the other does not.
type field struct {
	key   string
	many  bool // the key may come again
	named bool // with another name each time
	get   func(*Case) []string
	set   func(*Case, string) error
}

// fields is the format: all keys in the order in which they are written.
var fields = []field{
	text("target", func(c *Case) *string { return &c.Target }),
	text("bug", func(c *Case) *string { return &c.Bug }),
	text("package", func(c *Case) *string { return &c.Package }),
	text("test", func(c *Case) *string { return &c.Test }),
	words("command", func(c *Case) *[]string { return &c.Command }),
	text("engine", func(c *Case) *string { return &c.Engine }),
	text("kind", func(c *Case) *string { return &c.Kind }),
	text("signature", func(c *Case) *string { return &c.Signature }),
	text("message", func(c *Case) *string { return &c.Message }),
	{key: "found", get: getFound, set: setFound},
	text("go", func(c *Case) *string { return &c.Found.Go }),
	text("platform", func(c *Case) *string { return &c.Found.Platform }),
	{key: "race", get: getRace, set: setRace},
	number("cpus", func(c *Case) *int { return &c.Found.CPUs }),
	number("gomaxprocs", func(c *Case) *int { return &c.Found.GOMAXPROCS }),
	text("commit", func(c *Case) *string { return &c.Found.Commit }),
	text("harness", func(c *Case) *string { return &c.HarnessVersion }),
	text("digest", func(c *Case) *string { return &c.Digest }),
	{key: "fidelity", get: getFidelity, set: setFidelity},
	words("requires", func(c *Case) *[]string { return &c.Requires }),
	pairs("config", func(c *Case) *Pairs { return &c.Config }),
	pairs("env", func(c *Case) *Pairs { return &c.Env }),
	list("step", func(c *Case) *[]Step { return &c.Program }, Step.String, parseStep),
	list("switch", func(c *Case) *[]Decision { return &c.Schedule }, Decision.String, parseDecision),
	list("fault", func(c *Case) *[]FaultDecision { return &c.Faults }, FaultDecision.String, parseFault),
	{key: "expect", get: getExpect, set: setExpect},
}

// fieldOf returns the field of a key.
func fieldOf(key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// Marshal writes a case in its canonical form. [Parse] reads it back as an equal case, except that times are cut to the second, that
// traces lose blanks at line ends and control characters, and that empty lists become nil. The error wraps ErrInvalid or ErrTooBig.
func Marshal(c *Case) ([]byte, error) {
	if problem := c.problem(); problem != "" {
		return nil, &Error{Reason: ErrInvalid, Text: problem}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%d\n", magic, Version)
	for _, f := range fields {
		for _, text := range f.get(c) {
			fmt.Fprintf(&b, "%-11s %s\n", f.key, text)
		}
	}
	for _, l := range c.Extra {
		fmt.Fprintf(&b, "%-11s %s\n", l.Key, l.Text)
	}
	writeTrace(&b, c.Trace)
	fmt.Fprintln(&b, ending)
	if b.Len() > MaxSize {
		return nil, tooBig(b.Len(), len(c.Trace))
	}
	return b.Bytes(), nil
}

// writeTrace writes a trace as comment lines.
func writeTrace(b *bytes.Buffer, trace string) {
	if trace = cleanTrace(trace); trace == "" {
		return
	}
	for l := range strings.SplitSeq(trace, "\n") {
		b.WriteString(strings.TrimRight("# "+l, " ") + "\n")
	}
}

// tooBig is the error about a size in bytes, of which the trace is a part.
func tooBig(size, trace int) error {
	e := &Error{Reason: ErrTooBig, Text: fmt.Sprintf("%d bytes, of which the trace is %d; the limit is %d", size, trace, MaxSize)}
	if size-trace < MaxSize {
		e.Hint = "shorten the trace"
	}
	return e
}

// FitTrace shortens the trace, if need be, so that the case is not too big for a file. It cuts at line ends and says how much is missing.
// It cannot help a case that is too big without its trace.
func (c *Case) FitTrace() {
	if _, err := Marshal(c); !errors.Is(err, ErrTooBig) {
		return
	}
	lines := strings.Split(cleanTrace(c.Trace), "\n")
	low, high := 0, len(lines) // low lines fit, or nothing does; high do not
	for high-low > 1 {
		if middle := (low + high) / 2; c.fits(lines, middle) {
			low = middle
		} else {
			high = middle
		}
	}
	c.fits(lines, low)
}

// fits cuts the trace to the first n of its lines and reports whether the case can be written then.
func (c *Case) fits(lines []string, n int) bool {
	c.Trace = strings.Join(lines[:n:n], "\n") + fmt.Sprintf("\n... %d lines are left out", len(lines)-n)
	c.Trace = strings.TrimPrefix(c.Trace, "\n")
	_, err := Marshal(c)
	return err == nil
}

// text is a field of one string.
func text(key string, of func(*Case) *string) field {
	get := func(c *Case) []string {
		if *of(c) == "" {
			return nil
		}
		return []string{quoteText(*of(c))}
	}
	set := func(c *Case, text string) (err error) {
		*of(c), err = unquoteText(text)
		return err
	}
	return field{key: key, get: get, set: set}
}

// number is a field of one number that is not negative; 0 is left out.
func number(key string, of func(*Case) *int) field {
	get := func(c *Case) []string {
		if *of(c) == 0 {
			return nil
		}
		return []string{strconv.Itoa(*of(c))}
	}
	set := func(c *Case, text string) (err error) {
		*of(c), err = parseCount(text)
		return err
	}
	return field{key: key, get: get, set: set}
}

// words is a field of words on one line.
func words(key string, of func(*Case) *[]string) field {
	get := func(c *Case) []string {
		if len(*of(c)) == 0 {
			return nil
		}
		return []string{quoteWords(*of(c))}
	}
	set := func(c *Case, text string) (err error) {
		*of(c), err = splitWords(text)
		return err
	}
	return field{key: key, get: get, set: set}
}

// pairs is a field of pairs, a line each.
func pairs(key string, of func(*Case) *Pairs) field {
	get := func(c *Case) (lines []string) {
		for _, p := range *of(c) {
			lines = append(lines, p.Key+"="+quoteText(p.Value))
		}
		return lines
	}
	set := func(c *Case, text string) error {
		p, err := parsePair(text)
		*of(c) = append(*of(c), p)
		return err
	}
	return field{key: key, many: true, named: true, get: get, set: set}
}

// list is a field of elements, a line each.
func list[T any](key string, of func(*Case) *[]T, print func(T) string, parse func(string) (T, error)) field {
	get := func(c *Case) (lines []string) {
		for _, e := range *of(c) {
			lines = append(lines, print(e))
		}
		return lines
	}
	set := func(c *Case, text string) error {
		e, err := parse(text)
		*of(c) = append(*of(c), e)
		return err
	}
	return field{key: key, many: true, get: get, set: set}
}

func getFound(c *Case) []string {
	if c.Found.Time.IsZero() {
		return nil
	}
	return []string{c.Found.Time.UTC().Format(time.RFC3339)}
}

func setFound(c *Case, text string) (err error) {
	if c.Found.Time, err = time.Parse(time.RFC3339, text); err != nil || !strings.HasSuffix(text, "Z") {
		return fmt.Errorf("%s is no time; want one in UTC such as 2026-11-23T02:14:00Z", short(text))
	}
	c.Found.Time = c.Found.Time.Truncate(time.Second)
	return nil
}

// getRace says "off" too, but only where the rest of the circumstances is known.
func getRace(c *Case) []string {
	switch {
	case c.Found.Race:
		return []string{"on"}
	case c.Found.Go != "":
		return []string{"off"}
	}
	return nil
}

func setRace(c *Case, text string) error {
	if c.Found.Race = text == "on"; !c.Found.Race && text != "off" {
		return fmt.Errorf("race is %s; want on or off", short(text))
	}
	return nil
}

func getExpect(c *Case) []string { return []string{string(c.Expect)} }

func setExpect(c *Case, text string) error {
	if c.Expect = Expectation(text); !c.Expect.valid() {
		return fmt.Errorf("expect is %s; want fail or pass", short(text))
	}
	return nil
}

func getFidelity(c *Case) []string { return []string{c.Fidelity.String()} }

func setFidelity(c *Case, text string) (err error) {
	c.Fidelity, err = parseFidelity(text)
	return err
}
