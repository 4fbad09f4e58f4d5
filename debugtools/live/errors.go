package live

import "errors"

// An Error is an error with what can be done about it.
type Error struct {
	Err  error
	Hint string // one line, or empty
}

// Error returns the error without the hint.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error within.
func (e *Error) Unwrap() error { return e.Err }

var (
	// ErrPlatform is returned where the memory of processes cannot be read: on all systems but linux/amd64.
	ErrPlatform = errors.New("reading a running program is supported on linux/amd64 only")
	// ErrNotGo is returned for a process that is not a Go program.
	ErrNotGo = errors.New("it is not a Go program")
	// ErrVersion is returned for a version of Go that is not known, or a 32 bit program.
	ErrVersion = errors.New("its version of Go is not known here")
	// ErrMoving is returned if the runtime of the program could not be caught in one state, or is not in one yet because it has just been started.
	ErrMoving = errors.New("its list of goroutines could not be read")
)
