package explain

import "slices"

// A coreKind is what makes goroutines wait forever.
type coreKind int

const (
	noCore       coreKind = iota
	selfLock              // one locks what it holds
	rereadLock            // one read-locks again what it reads, and a writer came between
	lockCycle             // several wait in a circle for locks
	orphanedLock          // a lock whose holder has ended
	mixedCycle            // a circle in which not every edge is proved
	lostSignal            // waits for a signal
	noPartner             // a channel without another end
	shortGroup            // a wait group whose count stays above zero
	anyWait
)

// findCore looks for the goroutines that make the failure, the surest explanation first.
func (a *analysis) findCore() {
	if len(a.Waits) == 0 || !a.waitingMatters() {
		return
	}
	finders := []func() bool{a.findSelfLock, func() bool { return a.findCycle(true) }, a.findOrphan, func() bool { return a.findCycle(false) }}
	for _, find := range finders {
		if find() {
			return
		}
	}
	for _, c := range []struct {
		kind coreKind
		of   []string
	}{{lostSignal, []string{waitsForSignal}}, {noPartner, []string{waitsToSend, waitsToReceive, waitsToSelect}}, {shortGroup, []string{waitsForGroup}},
		{anyWait, nil}} {
		if a.coreOf(c.kind, c.of) {
			return
		}
	}
}

// coreOf makes all goroutines that wait in one of some ways the core.
func (a *analysis) coreOf(kind coreKind, of []string) bool {
	for _, w := range a.Waits {
		if of == nil || slices.Contains(of, w.Kind) {
			a.Core = append(a.Core, w.Thread)
			a.kind = kind
		}
	}
	return len(a.Core) > 0
}

func (a *analysis) findSelfLock() bool {
	for _, w := range a.Waits {
		if w.Kind != waitsForGroup && w.Proved && slices.Contains(w.For, w.Thread) {
			a.Core, a.kind, a.Proved = []int{w.Thread}, selfLock, true
			return true
		}
	}
	return false
}

// findOrphan looks for a lock that its holder took to the grave.
func (a *analysis) findOrphan() bool {
	for _, w := range a.Waits {
		if !w.Proved || len(w.For) == 0 {
			continue
		}
		if i, ok := a.byID[w.For[0]]; ok && a.threads[i].ended {
			a.Core, a.kind, a.Proved = []int{w.Thread}, orphanedLock, true
			return true
		}
	}
	return false
}

// maxEdges bounds the search for circles.
const maxEdges = 1 << 20

// findCycle looks for the shortest circle of goroutines that wait for each other, by a search in breadth from each.
func (a *analysis) findCycle(proved bool) bool {
	at := map[int]int{}
	for i, w := range a.Waits {
		at[w.Thread] = i
	}
	var best []int
	edges := maxEdges
	for i := range min(len(a.Waits), maxWaits) {
		if c := a.circle(at, i, proved, &edges); c != nil && (best == nil || len(c) < len(best)) {
			best = c
		}
	}
	if best == nil {
		return false
	}
	a.Cycle, a.Proved, a.kind = true, proved, mixedCycle
	if proved {
		a.kind = lockCycle
	}
	for _, i := range best {
		a.Core = append(a.Core, a.Waits[i].Thread)
	}
	if proved && len(best) == 2 && (a.rereads(best[0]) || a.rereads(best[1])) {
		a.kind = rereadLock
	}
	return true
}

// circle returns the shortest way from a wait back to itself, as indices of Waits.
func (a *analysis) circle(at map[int]int, from int, proved bool, edges *int) []int {
	came := map[int]int{}
	queue := []int{from}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if w := a.Waits[i]; w.Proved || !proved {
			for _, id := range w.For {
				if *edges--; *edges < 0 {
					return nil
				}
				j, waits := at[id]
				if _, seen := came[j]; !waits || seen {
					continue
				}
				came[j] = i
				if j == from {
					return way(came, from)
				}
				queue = append(queue, j)
			}
		}
	}
	return nil
}

// way walks back from the end of a circle to its beginning.
func way(came map[int]int, from int) []int {
	circle := []int{}
	for i := came[from]; i != from; i = came[i] {
		circle = append(circle, i)
	}
	circle = append(circle, from)
	slices.Reverse(circle)
	return circle
}

// rereads reports whether a goroutine waits to read what it reads already.
func (a *analysis) rereads(i int) bool {
	return a.Waits[i].Kind == waitsToRead && a.holdOf(a.Waits[i]) >= 0
}

// holdOf returns the step at which a goroutine that waits took the very object that it waits for, or -1.
func (a *analysis) holdOf(w Wait) int {
	for _, h := range a.holders[w.Object] {
		if h.thread == w.by {
			return h.step
		}
	}
	return -1
}

// wait returns the wait of a goroutine of the core.
func (a *analysis) wait(thread int) Wait {
	for _, w := range a.Waits {
		if w.Thread == thread {
			return w
		}
	}
	return Wait{Thread: thread, Object: -1, Step: -1, holds: -1}
}
