package linear

import "sort"

// ShortestPrefix cuts a history that is not linearizable after the first event at which it is not any more: later operations are dropped, and
// those still open at the cut become pending. The result is not linearizable either, and every shorter prefix is (linearizability is closed
// under prefixes; Herlihy and Wing 1990, section 3). If the limits are too tight to decide, the cut is later than necessary. It takes O(log n) checks.
func ShortestPrefix[S comparable, I any](m Model[S, I], ops []Op[I], pend func(I) I, limits Limits) []Op[I] {
	events := sortedEvents(ops)
	n := sort.Search(len(events), func(n int) bool {
		return Check(m, cut(ops, events[:n+1], pend), limits).Verdict == Illegal
	})
	if n == len(events) {
		return ops
	}
	return cut(ops, events[:n+1], pend)
}

// cut returns the operations called within the events, pending where their return is not among them. The function pend removes the result from an
// input; nil leaves it.
func cut[I any](ops []Op[I], events []event, pend func(I) I) []Op[I] {
	returned := make(map[int32]bool, len(events))
	for _, e := range events {
		if !e.isCall {
			returned[e.op] = true
		}
	}
	var list []Op[I]
	for _, e := range events {
		if !e.isCall {
			continue
		}
		o := ops[e.op]
		if !returned[e.op] && !o.Pending {
			o.Pending = true
			if pend != nil {
				o.Input = pend(o.Input)
			}
		}
		list = append(list, o)
	}
	return list
}
