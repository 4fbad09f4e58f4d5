package casefile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// missing returns the key of something that no case can do without and this one lacks, or "".
func (c *Case) missing() string {
	switch {
	case c.Target == "" && c.Test == "" && len(c.Command) == 0:
		return "target"
	case c.Engine == "":
		return "engine"
	case c.Signature == "":
		return "signature"
	case c.Fidelity.Level == "":
		return "fidelity"
	case c.Expect == "":
		return "expect"
	}
	return ""
}

// problem says why a case cannot be written, or returns "".
func (c *Case) problem() string {
	if key := c.missing(); key != "" {
		return key + " is missing"
	}
	switch {
	case !c.Fidelity.valid():
		return fmt.Sprintf("fidelity is %q", c.Fidelity)
	case !c.Expect.valid():
		return fmt.Sprintf("expect is %q", c.Expect)
	case c.Found.CPUs < 0 || c.Found.GOMAXPROCS < 0:
		return "a number of processors is negative"
	case !c.Found.Time.IsZero() && (c.Found.Time.UTC().Year() < 0 || c.Found.Time.UTC().Year() > 9999):
		return "the time is out of range"
	}
	return first(c.Config.problem("config"), c.Env.problem("env"), problems(c.Program), problems(c.Schedule), problems(c.Extra))
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// problems returns the first problem among elements.
func problems[T interface{ problem() string }](list []T) string {
	for _, e := range list {
		if p := e.problem(); p != "" {
			return p
		}
	}
	return ""
}

func (p Pairs) problem(what string) string {
	seen := map[string]bool{}
	for _, q := range p {
		if !pairKey(q.Key) || seen[q.Key] {
			return fmt.Sprintf("%s: the name %q cannot be used, or comes twice", what, q.Key)
		}
		seen[q.Key] = true
	}
	return ""
}

func (l Line) problem() string {
	_, known := fieldOf(l.Key)
	text := l.Text != "" && l.Text == strings.TrimSpace(l.Text) && utf8.ValidString(l.Text) && !strings.ContainsFunc(l.Text, forbidden)
	if known || !validKey(l.Key) || !text {
		return fmt.Sprintf("the extra line %q cannot be written", l.Key)
	}
	return ""
}
