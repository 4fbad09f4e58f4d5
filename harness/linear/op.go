package linear

// An Op is one operation of a history. Call and Return are readings of one clock of any unit; an operation occupies the closed interval between
// them, so operations that share a moment overlap. A pending operation has no return: it may take effect at any moment after its call, or never.
type Op[I any] struct {
	Client       int
	Input        I // the operation with its argument and result, in whatever form the model reads
	Call, Return int64
	Pending      bool
}

// A Model is a sequential specification over states of type S.
type Model[S comparable, I any] struct {
	// Init is the initial state.
	Init S
	// Step reports whether the operation may take effect in the state with the result that it had, and the state after it. For a pending
	// operation, whose result is unknown, it returns the state after it took effect, and false if it cannot.
	Step func(S, I) (S, bool)
	// Observer reports whether the operation can never change any state when it is accepted, such as a read. It is not enough that it did not change
	// this one: write(5) of a register that holds 5 is no observer. Nil means that there are none.
	Observer func(I) bool
	// Twin reports whether two operations are interchangeable: same operation, argument and result. It must be an equivalence. Nil means none are.
	Twin func(a, b I) bool
	// Partition returns the part of the state that an operation concerns, as a comparable value. Parts must be independent of each
	// other; each is checked alone, from Init. Nil means one part.
	Partition func(I) any
}

// Limits bound a check. The zero value is no bound.
type Limits struct {
	// Configs is the largest number of configurations to visit.
	Configs int
	// Bytes is the most memory that the search may hold, by the checker's own estimate; what states point to is not counted.
	Bytes int64
	// Stop is asked now and then; the check gives up when it returns true. It is where a time limit goes.
	Stop func() bool

	few, firstSlot int // tests forget sooner, and use masks of several words
}

// A Verdict is the answer of a check.
type Verdict int

// The answers. Unknown is the zero value.
const (
	// Unknown means that a limit was reached.
	Unknown Verdict = iota
	// Ok means that the history is linearizable.
	Ok
	// Illegal means that it is not.
	Illegal
)

// String returns "unknown", "ok" or "illegal".
func (v Verdict) String() string { return [...]string{"unknown", "ok", "illegal"}[v] }

// A Result is what a check found.
type Result struct {
	Verdict Verdict
	// Reason says why the verdict is Unknown.
	Reason string
	// Configs is the number of configurations visited.
	Configs int
	// Order is, for Ok, a legal order of the operations as indexes into the history; operations of different parts follow each other part
	// by part. Pending operations that took no effect are missing.
	Order []int
	// Stuck is, for Illegal, the operation whose return no order could explain; Prefix is the longest legal order found before it.
	Stuck  int
	Prefix []int
	// Part holds, for Illegal, the operations of the failing part, in the order of the history.
	Part []int
}
