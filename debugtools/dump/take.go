package dump

import (
	"bytes"
	"io"
	"runtime"
)

const (
	perGoroutine = 1 << 10  // bytes: about twice the mean of servers, so that the first buffer nearly always suffices
	leastTake    = 64 << 10 // bytes
)

// Take writes a dump of all goroutines of this process to w, as [FormStack]. The world is stopped once, for as long as the text takes to write,
// and w is written to after it runs again. The only errors are those of w.
//
// The buffer is 1 KB a goroutine; while it does not suffice, it is doubled and the world stopped again. /debug/pprof/goroutine?debug=2 begins with 1 MB,
// stops the world for each doubling, and ends at 64 MB with what fits.
func Take(w io.Writer) error {
	_, err := w.Write(take(runtime.NumGoroutine()))
	return err
}

// Capture reads a dump of all goroutines of this process: see [Take].
func Capture() *Dump { return Options{}.Capture() }

// Capture reads a dump of all goroutines of this process: see [Take].
func (o Options) Capture() *Dump {
	d, err := o.Read(bytes.NewReader(take(runtime.NumGoroutine())))
	if err != nil {
		panic("dump: what the runtime writes cannot be read: " + err.Error())
	}
	return d
}

// take returns the text of a dump of about n goroutines.
func take(n int) []byte {
	buf := make([]byte, leastTake+n*perGoroutine)
	for {
		if n := runtime.Stack(buf, true); n < len(buf) {
			return buf[:n]
		}
		buf = make([]byte, 2*len(buf))
	}
}
