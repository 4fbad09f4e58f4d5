package perf

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// A lock is what is known of a lock: all waits that ended because one function unlocked it.
type lock struct {
	first *Edge // that with the most time
	sum   Edge
}

// lockKey tells locks apart.
type lockKey struct {
	kind     Kind
	unlocker string
}

// locks adds up edges by the function that unlocks, largest first.
func (t *Trace) locks() []*lock {
	sums := map[lockKey]*lock{}
	for _, e := range t.Edges {
		if !e.Kind.IsLock() || e.Waker.Func == "" {
			continue
		}
		key := lockKey{e.Kind, e.Waker.Func}
		l := sums[key]
		if l == nil {
			l = &lock{first: e}
			sums[key] = l
		}
		l.sum.Count += e.Count
		l.sum.Total += e.Total
		l.sum.Max = max(l.sum.Max, e.Max)
		l.sum.Off += e.Off
	}
	return ranked(sums, func(l *lock) (time.Duration, string) {
		return l.sum.Total, l.first.Waker.String() + l.first.Waiter.String()
	})
}

// lockFindings finds locks that goroutines stand in line for.
func (t *Trace) lockFindings() []finding.Finding {
	var all []finding.Finding
	for _, l := range t.locks() {
		if l.sum.Count >= lockWaits && t.average(l.sum.Total) >= lockWaiters {
			all = append(all, t.lockFinding(l))
		}
	}
	return all
}

// lockFinding says what is wrong with one lock: its holder waits for something else, or a line of goroutines has formed, or it is just busy.
func (t *Trace) lockFinding(l *lock) finding.Finding {
	e, mean := l.first, l.sum.Mean()
	waiting := digits(t.average(l.sum.Total))
	evidence := []string{
		fmt.Sprintf("%s at %s: on average %s, at most %s", plural(l.sum.Count, "wait"), e.Waiter, short(mean), short(l.sum.Max)),
		fmt.Sprintf("woken by the unlock at %s", e.Waker),
		fmt.Sprintf("%s of all time spent waiting for locks", percent(share(l.sum.Total, t.Times.Locks()))),
	}
	switch {
	case l.sum.Off > 0 && (share(l.sum.Off, t.Duration) >= heldTrace || share(l.sum.Off, l.sum.Total) >= heldWaits):
		evidence = append(evidence, fmt.Sprintf("who unlocked had been in a %s at %s: %s in sum, after it got the lock and while others waited",
			offName(e), e.OffPlace, short(l.sum.Off)))
		return likely("lock-held-while-waiting", 0.85, l.sum.Total,
			fmt.Sprintf("a lock (%s) is held during a %s at %s: on average %s goroutines wait for it", e.Kind, offName(e), e.OffPlace, waiting),
			fmt.Sprintf("move the %s at %s out of the lock", offName(e), e.OffPlace), evidence...)
	case mean >= convoyWait && t.average(l.sum.Total) >= convoyWaiters:
		return likely("lock-convoy", 0.9, l.sum.Total,
			fmt.Sprintf("a convoy: on average %s goroutines stand in line for the %s at %s, each for %s", waiting, e.Kind, e.Waiter, short(mean)),
			"do less while the lock is held, split it (by key, by processor), or let one goroutine do the work of a batch", evidence...)
	}
	return likely("contended-lock", 0.85, l.sum.Total,
		fmt.Sprintf("the %s at %s is contended: on average %s goroutines wait for it", e.Kind, e.Waiter, waiting),
		"do less while the lock is held, or split it", evidence...)
}

// offName says what the holder of a lock did meanwhile.
func offName(e *Edge) string {
	if e.OffKind == Other {
		return "system call"
	}
	return "wait (" + e.OffKind.String() + ")"
}
