// Package point marks named places in code under test.
//
// A lock-free algorithm goes wrong between two instructions, and a test that cannot stop there has to wait for luck. Code
// under test therefore calls [Hook.At] in front of every access to shared memory, with the name of the place:
//
//	s.at.At("push:cas")
//
// Nobody listening costs one nil check. Under the harness a point is where a goroutine yields (stress), is stalled for as
// long as a fault wants (chaos), or hands over to the goroutine that the schedule names (check).
//
// The package imports nothing, so that any package may use it.
package point

// Hook is told of every point that the code under test passes. A nil *Hook is a hook that nobody listens to; it is what a
// structure has in production.
type Hook struct {
	f func(site string)
}

// New returns a hook that calls f at every point, on the goroutine that passes it. The function f may block (a stall), yield,
// or leave the goroutine with runtime.Goexit; it must be safe for concurrent use.
func New(f func(site string)) *Hook { return &Hook{f: f} }

// At says that the calling goroutine is about to do what site names. By convention a site is "operation:step", constant, and
// unique in its target.
func (h *Hook) At(site string) {
	if h != nil {
		h.f(site)
	}
}
