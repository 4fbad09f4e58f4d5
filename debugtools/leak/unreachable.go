package leak

import (
	"errors"
	"fmt"
	"io"
	"runtime/pprof"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// ErrUnavailable says that this program was built by a toolchain without the goroutine leak profile: it needs Go 1.27, or 1.26 with GOEXPERIMENT=goroutineleakprofile.
var ErrUnavailable = errors.New("the goroutine leak profile is not available: build with Go 1.27, or 1.26 with GOEXPERIMENT=goroutineleakprofile")

// Unreachable has the collector look for goroutines that nobody can wake any more, because what they wait for cannot be reached from any goroutine that may still run, and returns
// them. Each is a leak for certain. It is blind, by design, to goroutines that wait for what a global variable, a timer or a live object can reach, for the
// network or for time; and to those that wait for a value of less than 16 bytes without pointers, such as a sync.Mutex by itself, that shares its
// block of memory with something alive.
//
// The error wraps ErrUnavailable if the toolchain cannot do it. It costs a collection, and time linear in the goroutines.
func Unreachable() ([]Leak, error) {
	p := pprof.Lookup("goroutineleak")
	if p == nil {
		return nil, ErrUnavailable
	}
	if err := p.WriteTo(io.Discard, 0); err != nil { // Count alone would tell what an earlier collection found
		return nil, fmt.Errorf("goroutine leak profile: %w", err)
	}
	d, err := snapshot()
	if err != nil {
		return nil, err
	}
	kin := &Kin{}
	kin.See(d)
	var left []*dump.Goroutine
	for i := range d.Goroutines {
		if g := &d.Goroutines[i]; g.Flags&dump.Leaked != 0 {
			left = append(left, g)
		}
	}
	return group(left, kin, nil, waiting), nil
}
