package heap

import (
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
)

// ErrLeaked is returned by Write where the runtime would end the process.
var ErrLeaked = errors.New("the goroutine leak profile has found leaked goroutines, of which the runtime cannot take a heap dump")

// Write collects garbage, then writes a heap dump of this process to a file. The process stands still for the whole of it, about a
// second for a million objects. Finalizers and pools give up objects one collection late, so three are made. It returns ErrLeaked
// after a goroutine leak profile that found something, and errors of the file; runtime/debug.WriteHeapDump reports no errors of
// writing, so that a full disk shows as a truncated dump.
func Write(path string) error {
	if p := pprof.Lookup("goroutineleak"); p != nil && p.Count() > 0 {
		return ErrLeaked
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	collect()
	debug.WriteHeapDump(f.Fd())
	return f.Close()
}

// collect makes three collections: what a pool holds survives two, what has a finalizer one.
func collect() {
	for range 3 {
		runtime.GC()
	}
}
