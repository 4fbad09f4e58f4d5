package ring

import "fmt"

// This file judges a finished run by brute force, which small programs allow and which needs no trust.

// explain returns the error of an outcome that no order of its calls explains, or that hangs or panics.
func explain[S any](out *outcome, init S, apply func(S, call) (S, bool)) error {
	switch {
	case out.crashed != nil:
		return fmt.Errorf("panic: %v", out.crashed)
	case out.stuck:
		return fmt.Errorf("stuck after %v", out.calls)
	case !linearizable(out.calls, 0, init, apply):
		return fmt.Errorf("no order explains %v", out.calls)
	}
	return nil
}

// linearizable reports whether the calls that are not yet done have an order that respects precedence and that the specification
// allows: it tries them all (Wing and Gong, 1993).
func linearizable[S any](calls []call, done uint, state S, apply func(S, call) (S, bool)) bool {
	if done == 1<<len(calls)-1 {
		return true
	}
	for i, c := range calls {
		if done&(1<<i) != 0 || preceded(calls, done, c) {
			continue
		}
		if next, ok := apply(state, c); ok && linearizable(calls, done|1<<i, next, apply) {
			return true
		}
	}
	return false
}

// preceded reports whether a call that is not yet done returned before c began.
func preceded(calls []call, done uint, c call) bool {
	for i, d := range calls {
		if done&(1<<i) == 0 && d.ret < c.inv {
			return true
		}
	}
	return false
}
