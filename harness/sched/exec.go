package sched

// A Kind says what a visible operation does.
type Kind uint8

// The kinds of operations. Those up to Point touch an object; the rest do not.
const (
	None     Kind = iota
	Read          // of an atomic or of plain memory
	Write         // of an atomic or of plain memory
	Update        // an atomic read-modify-write: add, swap, compare-and-swap
	Lock          // of a mutex, or the writer's side of a read-write mutex
	RLock         // the readers' side
	TryLock       // never waits
	Unlock        // of either side of either mutex
	Send          // on a channel
	Receive       // from a channel
	Close         // of a channel
	Select        // over several channels: its object is the first of them, and it conflicts with anything on any channel
	CondWait      // gives up the lock and waits for a signal
	Signal        // of a condition variable, to one or to all
	Add           // to a wait group, Done included
	Wait          // for a wait group
	Once          // entry to a sync.Once
	Point         // a point that the code under test names itself
	Go            // starts a thread
	Begin         // the first step of a thread
	Yield         // asks for others to run: runtime.Gosched, a turn of a spinning loop
	Sleep         // waits for the clock
	End           // the last step of a thread
	Clock         // the clock runs until the next timer although somebody could go on
	Join          // waits until a thread has ended: its object is that thread's, and so is that of the thread's End
	Choice        // asks for one of several options, see Chooser
)

// NoObject is the object of operations that touch none.
const NoObject = -1

// An Op is a visible operation. Object is dense, by first touch in this execution.
type Op struct {
	Kind   Kind
	Object int32
}

// Writes reports whether an operation can be told apart from its absence by a later one on the same object.
func (o Op) Writes() bool { return o.Kind != Read && o.Kind != RLock && o.Kind < Go && o.Kind != None }

// Races reports whether the order of two pending operations of different threads may matter.
func (o Op) Races(p Op) bool {
	return o.Object >= 0 && o.Object == p.Object && (o.Writes() || p.Writes()) && o.Kind < Go && p.Kind < Go
}

// Private reports whether an operation commutes with whatever other threads do, but for what it makes possible. An engine need not ask when to execute it.
func (o Op) Private() bool {
	return o.Kind == Go || o.Kind == Begin || o.Kind == End || o.Kind == Join || o.Kind == Choice
}

// A Thread is a goroutine, coroutine or the clock, as a strategy sees it.
type Thread struct {
	Key    uint64 // the same in every execution that starts it on the same path: its parent's key and how many the parent had started
	Parent int32  // -1 for the first
	Ops    int    // operations executed so far
	Next   Op     // the operation that it executes when it is picked
	Live   bool
}

// An Object is a mutex, channel, word of memory or whatever operations are about.
type Object struct {
	Key uint64 // the same in every execution that reaches it the same way: the key of the thread that touched it first, and at which of its operations
}

// An Exec is one execution as far as it has come. The engine keeps it; strategies only read it. Its slices are used again by the next execution.
type Exec struct {
	Threads []Thread // by number, in the order of creation
	Objects []Object // by number, in the order of first touch
	Enabled []int32  // threads whose next operation can complete now, in increasing order
	Current int32    // the thread that ran last, or -1
	Steps   int      // decisions taken: operations executed while at least two threads were enabled, and choices
}

// An Outcome is how an execution ended.
type Outcome uint8

// The outcomes.
const (
	Passed   Outcome = iota
	Failed           // whatever the failure was
	CutOff           // at the limit of steps
	Pruned           // by the strategy: what would follow was explored before
	Diverged         // it did not follow the decisions that it was to follow
)

// Stop is what Pick returns to have an execution abandoned.
const Stop = -1

// A Strategy decides who runs next. It is a step function over data: no goroutine, clock, file or global generator. An engine calls
// Begin, then Started for the first thread, then in turn Pick (when at least two threads are enabled), Ran (after every operation, also one that nobody
// had to decide) and Started (for each new thread), and End. It is used by one engine at a time. If it is a Chooser, the engine calls Choose too.
type Strategy interface {
	// Begin prepares the execution that has this seed. False means that there is nothing left to explore.
	Begin(x *Exec, seed uint64) bool
	// Started tells of a new thread, whose first operation is pending.
	Started(x *Exec, thread int32)
	// Pick returns one of x.Enabled, or Stop. It is called only if there are two or more, so that what is no choice costs nothing, and Ran follows.
	Pick(x *Exec) int32
	// Ran tells that a thread has executed an operation. x.Threads[thread].Next is the one that it will execute next, unless it has ended.
	Ran(x *Exec, thread int32, op Op)
	// End tells how it went.
	End(x *Exec, outcome Outcome)
}
