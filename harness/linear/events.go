package linear

import (
	"cmp"
	"slices"
)

// An event is the call or the return of an operation.
type event struct {
	op     int32 // index into the part
	isCall bool
}

// window numbers the operations that are open at once: a slot is given at the call and free again after the return, so that a set of open
// operations is a short bit mask however long the history is.
type window struct {
	events []event
	slot   []int32 // by operation
	due    []int32 // by operation: the index of its return event; past the end for pending ones
	open   [][]int32
	slots  int
}

// newWindow sorts the 2n events, calls before returns at the same moment, and assigns slots.
func newWindow[I any](ops []Op[I]) *window {
	w := &window{events: sortedEvents(ops), slot: make([]int32, len(ops)), due: make([]int32, len(ops))}
	for i := range w.due {
		w.due[i] = int32(len(w.events)) + int32(i)
	}
	for i, e := range w.events {
		if !e.isCall {
			w.due[e.op] = int32(i)
		}
	}
	w.assign()
	return w
}

// sortedEvents returns the events in order of time.
func sortedEvents[I any](ops []Op[I]) []event {
	events := make([]event, 0, 2*len(ops))
	for i, o := range ops {
		events = append(events, event{int32(i), true})
		if !o.Pending {
			events = append(events, event{int32(i), false})
		}
	}
	at := func(e event) int64 {
		if e.isCall {
			return ops[e.op].Call
		}
		return ops[e.op].Return
	}
	slices.SortFunc(events, func(a, b event) int {
		if c := cmp.Compare(at(a), at(b)); c != 0 {
			return c
		}
		if a.isCall != b.isCall {
			if a.isCall {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.op, b.op)
	})
	return events
}

// assign gives out slots, and lists for each return the operations open then, the earliest deadline first.
func (w *window) assign() {
	var free, now []int32
	w.open = make([][]int32, len(w.events))
	for i, e := range w.events {
		if e.isCall {
			if len(free) == 0 {
				free = append(free, int32(w.slots))
				w.slots++
			}
			w.slot[e.op] = free[len(free)-1]
			free = free[:len(free)-1]
			at, _ := slices.BinarySearchFunc(now, w.due[e.op], func(o, due int32) int { return cmp.Compare(w.due[o], due) })
			now = slices.Insert(now, at, e.op)
			continue
		}
		w.open[i] = slices.Clone(now)
		now = now[1:] // the returning operation has the earliest deadline of all
		free = append(free, w.slot[e.op])
	}
}
