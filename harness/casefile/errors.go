package casefile

import (
	"errors"
	"fmt"
)

// The reasons for which a case cannot be read or written. Every error of [Parse] and [Marshal] wraps exactly one of them.
var (
	// ErrEmpty: the file holds nothing.
	ErrEmpty = errors.New("empty file")
	// ErrForeign: the file is something else.
	ErrForeign = errors.New("not a harness case")
	// ErrVersion: the file has a format that this harness does not know yet.
	ErrVersion = errors.New("unknown version")
	// ErrTruncated: the file was cut off; its last line is not "end".
	ErrTruncated = errors.New("truncated case")
	// ErrSyntax: a line of the file makes no sense.
	ErrSyntax = errors.New("malformed case")
	// ErrTooBig: the case is larger than MaxSize.
	ErrTooBig = errors.New("case too big")
	// ErrInvalid: a case in memory cannot be written, because it could not be read back or replayed.
	ErrInvalid = errors.New("invalid case")
)

// An Error says why a file is not a case, in one line.
type Error struct {
	// Reason is one of the errors above; errors.Is sees it.
	Reason error
	// Line is the line of the file, from 1, or 0 if the error is not about a line.
	Line int
	// Text says what is wrong, Hint what to do about it; both may be empty.
	Text, Hint string
}

// Error returns all parts in one line.
func (e *Error) Error() string {
	s := e.Reason.Error()
	if e.Line > 0 {
		s = fmt.Sprintf("line %d: %s", e.Line, s)
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }
