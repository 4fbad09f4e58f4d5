package sched

// ClockKey is the key of the thread that stands for the clock: it runs when the next timer fires although somebody could go on.
const ClockKey uint64 = 0x636c6f636b

// The default rule must end wherever a fair scheduler would, or a schedule without switches would spin forever in the first loop that
// polls, and every such program would look like a livelock.
const (
	patience   = 1000 // operations in a row after which a thread that asks for nothing gives way
	clockTurns = 64   // turns of spinning threads after which the clock runs
)

// A habit is the default rule, from which switches deviate: the thread that ran last goes on if it can, else the one with the lowest
// number. Three clauses keep it fair:
//
//   - a thread that has just yielded, or has run patience operations in a row, gives way to the next one in the order of numbers;
//   - the clock runs only if nobody else can, and it never goes on by itself;
//   - or if threads have given way clockTurns times since it ran last, for they may be waiting for it.
//
// It depends on nothing but the execution so far, so a recorder and a replay that see the same execution agree.
type habit struct {
	thread int32 // ran last
	run    int32 // how often in a row
	turns  int32 // times that somebody gave way since the clock has run
	tired  bool  // the thread gives way now
}

func (h *habit) begin() { *h = habit{thread: -1} }

// ran takes note of an operation.
func (h *habit) ran(x *Exec, thread int32, op Op) {
	if thread != h.thread {
		h.thread, h.run = thread, 0
	}
	h.run++
	h.tired = op.Kind == Yield || h.run%patience == 0
	if x.Threads[thread].Key == ClockKey {
		h.turns, h.tired = 0, false
	} else if h.tired && h.turns < clockTurns {
		h.turns++
	}
}

// pick returns the thread that runs by default. At least one is enabled.
func (h *habit) pick(x *Exec) int32 {
	lowest, next, clock, current := int32(-1), int32(-1), int32(-1), false
	for _, t := range x.Enabled {
		if x.Threads[t].Key == ClockKey {
			clock = t
			continue
		}
		if lowest < 0 {
			lowest = t
		}
		if next < 0 && t > x.Current {
			next = t
		}
		current = current || t == x.Current
	}
	switch {
	case lowest < 0, h.tired && h.turns >= clockTurns && clock >= 0:
		return clock
	case h.tired && next >= 0:
		return next
	case current && !h.tired:
		return x.Current
	}
	return lowest
}
