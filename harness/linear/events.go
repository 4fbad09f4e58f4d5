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
	kind   []int32 // by operation: equal for operations that are open at once and twins
	slots  int

	due   []int32 // by operation: the index of its return event; past the end for pending ones
	open  []int32 // the operations open at each return, one list behind the other, each by rising deadline
	start []int32 // by event: where its list begins in open
}

// newWindow sorts the 2n events, calls before returns at the same moment, and assigns slots, numbered from firstSlot on. A nil twin means that there are
// none.
func newWindow[I any](ops []Op[I], twin func(a, b I) bool, firstSlot int) *window {
	w := &window{slots: firstSlot, events: sortedEvents(ops), slot: make([]int32, len(ops)), kind: make([]int32, len(ops)), due: make([]int32, len(ops))}
	for i := range w.due {
		w.due[i] = int32(len(w.events)) + int32(i)
	}
	for i, e := range w.events {
		if !e.isCall {
			w.due[e.op] = int32(i)
		}
	}
	same := func(a, b int32) bool { return twin != nil && twin(ops[a].Input, ops[b].Input) }
	w.assign(same)
	return w
}

// bytes is the size of the window.
func (w *window) bytes() int64 {
	return 4 * int64(2*len(w.events)+3*len(w.slot)+cap(w.open)+cap(w.start))
}

// openAt lists the operations that are open just before a return, the returning one, which has the earliest deadline, first.
func (w *window) openAt(at int32) []int32 { return w.open[w.start[at]:w.start[at+1]] }

// moment is an event with its time, for sorting.
type moment struct {
	at int64
	op int32
}

// sortedEvents returns the events in order of time.
func sortedEvents[I any](ops []Op[I]) []event {
	calls, returns := make([]moment, 0, len(ops)), make([]moment, 0, len(ops))
	for i := range ops {
		calls = append(calls, moment{ops[i].Call, int32(i)})
		if !ops[i].Pending {
			returns = append(returns, moment{ops[i].Return, int32(i)})
		}
	}
	earlier := func(a, b moment) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.op, b.op)) }
	slices.SortFunc(calls, earlier)
	slices.SortFunc(returns, earlier)
	events := make([]event, 0, len(calls)+len(returns))
	for _, r := range returns {
		for len(calls) > 0 && calls[0].at <= r.at {
			events, calls = append(events, event{calls[0].op, true}), calls[1:]
		}
		events = append(events, event{r.op, false})
	}
	for _, c := range calls {
		events = append(events, event{c.op, true})
	}
	return events
}

// assign gives out slots and kinds, and lists for each return the operations open then.
func (w *window) assign(twin func(a, b int32) bool) {
	var free, now []int32
	w.start = make([]int32, len(w.events)+1)
	for i, e := range w.events {
		w.start[i] = int32(len(w.open))
		if !e.isCall {
			w.open = append(w.open, now...)
			now = slices.Delete(now, 0, 1) // the returning operation has the earliest deadline of all
			free = append(free, w.slot[e.op])
			continue
		}
		if len(free) == 0 {
			free = append(free, int32(w.slots))
			w.slots++
		}
		w.slot[e.op] = free[len(free)-1]
		free = free[:len(free)-1]
		w.kind[e.op] = w.kindOf(e.op, now, twin)
		at, _ := slices.BinarySearchFunc(now, w.due[e.op], func(o, due int32) int { return cmp.Compare(w.due[o], due) })
		now = slices.Insert(now, at, e.op)
	}
	w.start[len(w.events)] = int32(len(w.open))
}

// kindOf returns the kind of an open twin, or a new one.
func (w *window) kindOf(op int32, open []int32, twin func(a, b int32) bool) int32 {
	for _, o := range open {
		if twin(o, op) {
			return w.kind[o]
		}
	}
	return op
}
