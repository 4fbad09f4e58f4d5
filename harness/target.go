package harness

// A Target is a system under test, declared once and run by every engine.
//
// It is plain data: a struct literal with documented zero values, which [Target.Validate] checks. Targets of different types
// live in one list, because the type parameters of the system stop at the constructor helpers ([Op], [NewModel]).
//
// Two shapes of system are told apart by what New builds. An object (a stack, a lock, a cache) is called directly: every
// client calls operations on what New returned. A system of machines is built on [Env.World]: New adds its nodes to the world,
// and Client makes the handle on which one client calls its operations.
type Target struct {
	// Name identifies the target within its row: lower case, digits and dashes.
	Name string
	// Row is the row of the roadmap ("lockfree"); empty for a target declared in somebody's test.
	Row string
	// Doc says what the system is, in one sentence.
	Doc string
	// Source names the paper or book that the implementation follows, with the section. It may be empty.
	Source string

	// New makes one fresh instance. It is called once for each history or schedule, from one goroutine, and must be cheap. What
	// needs to be closed is registered with Env.Cleanup.
	New func(*Env) any
	// Client makes the handle on which client number id calls operations. Nil means that all clients share what New returned.
	Client func(env *Env, system any, id int) any
	// Operations are what clients may do. At least one.
	Operations []Operation
	// Quota bounds how many clients call at once; 0 means any number. A single-producer queue has 2 with [Operation.Only].
	Quota int

	// Model is the sequential specification that concurrent histories are checked against by linearizability. Nil means that
	// Invariants and Properties alone judge.
	Model *Model
	// Invariants hold whenever no operation is running (and, in a world, after every step if Always is set).
	Invariants []Invariant
	// Properties judge a finished history beyond the model.
	Properties []Property
	// Progress is the guarantee that the implementation claims when one of its goroutines is stalled.
	Progress Progress

	// Points says that the code under test calls [Env.Hook] in front of every access to shared memory and never blocks in any
	// other way. Then check controls its schedule exactly, and a failure replays. Explore needs no points: it controls the operations themselves.
	Points bool
	// Sites are the names of those points, for faults that stall a goroutine at one of them.
	Sites []string
	// World says that New builds machines on [Env.World] and that clients act through it.
	World bool

	// Faults are the disturbances that apply. Nil means those of the engine that need nothing from the target.
	Faults []*Fault
	// Bugs are the seeded wrong twins: each proves that the engines named in it can see a mistake of its kind.
	Bugs []Bug
	// Skip gives, for an engine that cannot apply, the reason. It is printed by harness list.
	Skip map[Engine]string
}

// A Bug is a wrong twin of a target: the same declaration around an implementation with one mistake that people make.
type Bug struct {
	// Name identifies the bug within its target: lower case, digits and dashes.
	Name string
	// Doc says what the mistake is and why it goes wrong.
	Doc string
	// New makes an instance with the mistake; all else is as in the target.
	New func(*Env) any
	// CaughtBy are the engines that must catch it. At least one. Explore runs with the race detector and without: it may catch a bug of another Kind as a
	// data race or a livelock.
	CaughtBy []Engine
	// Kind is the kind of failure it must be caught with, such as "linearizable" or "race". Empty means any kind.
	Kind string
}

// Progress is what an implementation promises about the other goroutines while one of them is stalled (Herlihy and Shavit,
// The Art of Multiprocessor Programming, section 3.7).
type Progress int

// The guarantees, from the weakest. The zero value claims nothing.
const (
	// Blocking claims nothing: a stalled goroutine may stop all others.
	Blocking Progress = iota
	// LockFree claims that some operation always completes in a bounded number of steps of the goroutines that run.
	LockFree
	// WaitFree claims that every operation completes in a bounded number of its own steps.
	WaitFree
)

// String returns the usual name of the guarantee.
func (p Progress) String() string {
	return [...]string{"blocking", "lock-free", "wait-free"}[p]
}

// ID returns "row/name", or the name alone if the target belongs to no row.
func (t *Target) ID() string {
	if t.Row == "" {
		return t.Name
	}
	return t.Row + "/" + t.Name
}

// With returns a copy of the target in which the named bug replaces New, and whether the target has that bug. The empty name
// returns the target itself: the correct twin.
func (t *Target) With(bug string) (*Target, bool) {
	if bug == "" {
		return t, true
	}
	for _, b := range t.Bugs {
		if b.Name == bug {
			twin := *t
			twin.New, twin.Bugs = b.New, nil
			return &twin, true
		}
	}
	return nil, false
}

// client makes the handle of client id.
func (t *Target) client(env *Env, system any, id int) any {
	if t.Client == nil {
		return system
	}
	return t.Client(env, system, id)
}
