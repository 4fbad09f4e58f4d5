// Package chaos changes the world around a target, then heals it: each variable of type *harness.Fault is one disturbance.
//
// A fault decides by the seeded decider that it is given and never holds a lock while it disturbs. A correct target keeps every
// property while a fault is active and makes progress again once it is healed; what a fault may cost is time.
package chaos

import "github.com/concurrency-god-mode/godmode/harness"

// All returns every fault, in the order of this package's documentation.
func All() []*harness.Fault { return []*harness.Fault{Scheduler, Memory, Stall} }
