package sched

// Choices
//
// Most of what an execution does follows from who runs when. Not all: of several cases of a select that are ready, any may be taken, and a program may ask
// for a choice itself. An engine asks for such a choice while the thread executes the operation that makes it. A random strategy draws. One
// that enumerates takes each option in turn, as it does with threads; for the reduction the options of an operation are all of its outcomes, so the
// operation was explored when all of them were (nothing that commutes with the operation changes how many there are).
//
// A choice that is not the usual one is a Switch like any other, see Option. So it is recorded, replayed, and dropped by a minimisation if it does not
// matter, and to drop one shifts no other.

// A Chooser is a Strategy that makes choices too.
type Chooser interface {
	Strategy
	// Choose returns an option from 0 to n-1; n is at least 2. The thread executes its operation number x.Threads[thread].Ops+1, of which Ran has not
	// told yet, and its Next is still that operation. An operation makes one choice at most.
	Choose(x *Exec, thread int32, n int) int
}

// Choose has a strategy choose. One that makes no choices takes the usual option.
func Choose(s Strategy, x *Exec, thread int32, n int) int {
	if c, ok := s.(Chooser); ok {
		return c.Choose(x, thread, n)
	}
	return preferred(x, thread, n)
}

// polling is after how many operations a thread may be waiting in a loop for another option than the first.
const polling = 100

// preferred is the option that is taken by default, from which switches deviate: the first; from the polling-th operation of a thread on any, by a hash of
// how many operations they are. The loop ends then, and before a strategy that tries the last choice first has unrolled it very often.
func preferred(x *Exec, thread int32, n int) int {
	t := &x.Threads[thread]
	if t.Ops < polling {
		return 0
	}
	return int(mix(t.Key+uint64(t.Ops)) % uint64(n))
}

// optionKeys is where the keys of options begin. That one of a thread is among them is as likely as that two threads have the same.
const (
	optionKeys uint64 = 0x7069636b << 32
	optionMost        = 1 << 16
)

// Option returns what Switch.To is if no other thread runs, but the thread After takes the ith option, from 0, in its Nth operation.
func Option(i int) uint64 { return optionKeys + uint64(i) }

// OptionOf returns the option that a Switch.To stands for. It reports false if that is a thread.
func OptionOf(to uint64) (i int, ok bool) {
	i = int(to - optionKeys)
	return i, to-optionKeys < optionMost
}

// choice reports whether a switch is one of options.
func (s Switch) choice() bool { return s.To-optionKeys < optionMost }

// chosen returns the switch that has a thread take an option in the operation that it executes.
func chosen(x *Exec, thread int32, option int) Switch {
	t := &x.Threads[thread]
	return Switch{After: t.Key, Nth: t.Ops + 1, To: Option(option)}
}
