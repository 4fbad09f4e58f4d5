package harness

// A Property judges one finished run of a target. Properties see the history and the system at rest; they change nothing.
type Property struct {
	// Name identifies the property: lower case, digits and dashes. It is also the kind of its violations.
	Name string
	// Doc says in one sentence what must hold, and what a green answer does not show.
	Doc string
	// Check judges. It must be deterministic, and safe to call from several goroutines on different runs.
	Check func(*Run) Verdict
}

// An Invariant is a property of the system's state alone.
type Invariant struct {
	// Name identifies the invariant: lower case, digits and dashes.
	Name string
	// Doc says in one sentence what must hold.
	Doc string
	// Always asks for the invariant after every step of a world, not only at rest. It is ignored for objects, whose state may
	// be looked at only when nobody is changing it.
	Always bool
	// Check returns a description of the violation, or nil. The system is what New returned.
	Check func(system any) error
}

// A Run is one finished execution of a target, as properties see it.
type Run struct {
	Target  *Target
	Env     *Env
	System  any
	History *History
}
