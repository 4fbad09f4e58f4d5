package sched

// rates are how likely the clock is to run, of 2^16, at a decision where somebody else could. One is drawn for each execution. In half of
// them time stands still as long as anybody can go on, as it nearly does on a real machine; in the others time-outs come early.
var rates = [...]uint64{0, 0, 0, 0, 1 << 10, 1 << 10, 1 << 12, 1 << 14}

// A timekeeper decides about the clock, which strategies do not see: a priority or a count of operations says nothing about when time passes.
type timekeeper struct {
	thread int32 // -1 if there is no clock
	rate   uint64
	view   Exec // without the clock
	rest   []int32
}

func (k *timekeeper) begin(r *random) {
	k.thread, k.rate = -1, rates[r.below(uint64(len(rates)))]
}

func (k *timekeeper) started(x *Exec, thread int32) {
	if x.Threads[thread].Key == ClockKey {
		k.thread = thread
	}
}

// hide returns the execution without the clock, and whether the clock is to run. At least two threads are enabled.
func (k *timekeeper) hide(x *Exec, r *random) (view *Exec, runs bool) {
	if k.thread < 0 || !enabled(x, k.thread) {
		return x, false
	}
	if k.rate > 0 && r.below(1<<16) < k.rate {
		return x, true
	}
	k.view, k.rest = *x, k.rest[:0]
	for _, t := range x.Enabled {
		if t != k.thread {
			k.rest = append(k.rest, t)
		}
	}
	k.view.Enabled = k.rest
	return &k.view, false
}
