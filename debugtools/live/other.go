//go:build !(linux && amd64)

package live

import "github.com/concurrency-god-mode/godmode/debugtools/dump"

// Read takes a dump of the running Go program with that process number. Here it always returns ErrPlatform.
func Read(int, Options) (*dump.Dump, error) {
	return nil, &Error{Err: ErrPlatform, Hint: "kill -QUIT PID writes a dump to the standard error of the program, and ends it"}
}

// List returns the Go programs that this user may read. Here it always returns ErrPlatform.
func List() ([]Process, error) { return nil, ErrPlatform }
