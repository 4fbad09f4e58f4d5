//go:build !(linux && amd64)

package live

import "github.com/concurrency-god-mode/godmode/debugtools/dump"

// elsewhere is the error of everything here.
var elsewhere = &Error{Err: ErrPlatform, Hint: "kill -QUIT PID writes a dump to the standard error of the program, and ends it"}

// An Inspector reads one running program again and again. Here there is none.
type Inspector struct{}

// Open prepares to read a running Go program. Here it always returns ErrPlatform.
func Open(int) (*Inspector, error) { return nil, elsewhere }

// Close does nothing.
func (*Inspector) Close() {}

// Read always returns ErrPlatform.
func (*Inspector) Read(Options) (*dump.Dump, error) { return nil, elsewhere }

// Read takes a dump of the running Go program with that process number. Here it always returns ErrPlatform.
func Read(int, Options) (*dump.Dump, error) { return nil, elsewhere }

// List returns the Go programs that this user may read. Here it always returns ErrPlatform.
func List() ([]Process, error) { return nil, elsewhere }
