package sched

import "slices"

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
	clock  int32 // its number, -1 if there is none yet
	looked int   // threads that have been looked at for the clock
}

func (h *habit) begin() { *h = habit{thread: -1, clock: -1} }

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
	h.look(x)
	at, current := slices.BinarySearch(x.Enabled, x.Current)
	if current {
		at++
	}
	lowest, next, clock := h.first(x.Enabled), h.first(x.Enabled[at:]), int32(-1)
	if h.clock >= 0 && enabled(x, h.clock) {
		clock = h.clock
	}
	switch {
	case lowest < 0, h.tired && h.turns >= clockTurns && clock >= 0:
		return clock
	case h.tired && next >= 0:
		return next
	case current && x.Current != h.clock && !h.tired:
		return x.Current
	}
	return lowest
}

// look finds out which thread is the clock. Each thread is looked at once, for there may be thousands.
func (h *habit) look(x *Exec) {
	for ; h.looked < len(x.Threads); h.looked++ {
		if x.Threads[h.looked].Key == ClockKey {
			h.clock = int32(h.looked)
		}
	}
}

// first returns the first of some threads that is not the clock, or -1.
func (h *habit) first(threads []int32) int32 {
	for _, t := range threads {
		if t != h.clock {
			return t
		}
	}
	return -1
}
