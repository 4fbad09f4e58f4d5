package harness

import (
	"regexp"
	"strings"
)

// number matches what changes from run to run in a message: numbers and addresses.
var number = regexp.MustCompile(`0x[0-9a-fA-F]+|\b\d+\b`)

// template replaces what changes from run to run in the first line of a message by a mark, so that equal mistakes read equal.
func template(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	return number.ReplaceAllString(line, "N")
}

// signature names the bucket of a verdict.
func signature(v Verdict) string { return v.Kind + ": " + v.Message }
