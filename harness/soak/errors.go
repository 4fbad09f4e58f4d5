package soak

import "errors"

// The reasons for which a soak cannot begin or go on. Errors of [Run] about its directory wrap one of them in an [Error].
var (
	// ErrBusy: another process soaks in this directory.
	ErrBusy = errors.New("another soak is running in this directory")
	// ErrExists: there is a journal, and the run was not asked to resume it.
	ErrExists = errors.New("the directory has the journal of an earlier soak")
	// ErrMissing: the run was asked to resume, and there is no journal.
	ErrMissing = errors.New("there is no journal to resume")
	// ErrMismatch: the journal is about another soak: other targets, another seed, other engines.
	ErrMismatch = errors.New("the journal belongs to another soak")
	// ErrVersion: the journal has a format that this harness does not know.
	ErrVersion = errors.New("unknown journal version")
	// ErrCorrupt: a line of the journal, other than a torn last one, makes no sense.
	ErrCorrupt = errors.New("damaged journal")
	// ErrConfig: the configuration makes no sense.
	ErrConfig = errors.New("invalid soak")
)

// An Error says in one line why a soak cannot run, and in another what to do about it.
type Error struct {
	// Reason is one of the errors above; errors.Is sees it.
	Reason error
	// Text says what exactly is wrong, Hint what to do. Either may be empty.
	Text, Hint string
}

// Error returns the reason and the text. The hint is left to the command, which prints it on a line of its own.
func (e *Error) Error() string {
	if e.Text == "" {
		return e.Reason.Error()
	}
	return e.Reason.Error() + ": " + e.Text
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }
