package sched

// How operations that wait are dealt with
//
// The paper reverses a race between an operation and an earlier one if nothing lies between them in the order of happens-before. With a lock, something
// always does: B's Lock comes after A's Unlock, and that after A's Lock. A's Unlock cannot be reversed with it, because B waits; A's Lock
// can. So three rules are added.
//
//  1. An operation that is only what the other waited for is no race, and does not hide earlier ones. That a thread waits is seen: it had reached
//     the operation, and it was not enabled. If it had not reached it yet, or nobody asked who was enabled, then it is taken for a race, and
//     does not hide earlier ones either. Operations that never wait are as in the paper.
//  2. When an execution is over, what threads still wait for counts as if it came next. So the other end of a deadlock is reached.
//  3. If what a thread waits for may be on several objects (a select, the clock), or is in the hands of several readers, the order of what happened to
//     them is not known. Then everything that was enabled is tried, which is always right.
//
// An execution that fails ends at once, so whoever could have gone on instead of the thread that failed is tried too.
//
// Why this reaches everything: as in the paper, take a sequence that was not explored from a node, the thread p explored there that commutes
// with the longest prefix w of it, and the first operation q that does not. If q can go on after p and w, the race of p and q is seen
// as in the paper. If it cannot, then in every explored execution that starts with p and w, either q never comes, and rule 2 pairs it with p; or it comes
// later, and among those executions is one in which it comes as soon as it can. There, everything on the object between p and q happened while
// q was not possible, so by rule 1 nothing hides p. All that depends on q and came after p happens after p, since operations on an object that threads
// wait for depend on each other; where they do not, there is rule 3. So the thread added at the node either begins the sequence or commutes with a
// longer prefix, and there is no longest one. The tests compare with all schedules of random programs.

// step notes the operation of the node at which the execution is.
func (d *DPOR) step(n *node, op Op) {
	t := &d.threads[n.thread]
	t.count++
	if d.depth >= d.fork {
		n.op, n.index, n.prev, n.links = op, t.count, t.last, d.heads.at(op)
		d.timestamp(n)
	}
	d.heads.add(op, int32(d.depth))
	t.last = int32(d.depth)
	d.depth++
}

// timestamp computes what happens before an operation: what came before it in its thread, and the earlier ones that it depends on. Those that are known
// to happen before already add nothing.
func (d *DPOR) timestamp(n *node) {
	n.clock = n.clock[:0]
	for range n.count {
		n.clock = append(n.clock, 0)
	}
	n.join(d.at(n.prev))
	c := cursor{d.path, n.op, int32(d.depth), n.links}
	for k := c.next(); k >= 0; k = c.next() {
		e := &d.path[k]
		if !n.after(e) {
			n.join(e)
		}
		if e.op.changes() && !n.op.many() {
			break // what is earlier happens before it
		}
	}
	n.clock[n.thread] = n.index
}

// at returns a node, or nil for -1.
func (d *DPOR) at(k int32) *node {
	if k < 0 {
		return nil
	}
	return &d.path[k]
}

func (n *node) join(e *node) {
	if e == nil {
		return
	}
	for t, c := range e.clock {
		n.clock[t] = max(n.clock[t], c)
	}
}

// after says whether another operation happens before this one.
func (n *node) after(e *node) bool {
	return n != nil && int(e.thread) < len(n.clock) && n.clock[e.thread] >= e.index
}

// analyse looks for races of the operations that are new in this execution, and of those that were still to come.
func (d *DPOR) analyse(x *Exec, outcome Outcome) {
	for k := d.fork; k < d.depth; k++ {
		n := &d.path[k]
		d.races(pending{n.thread, n.op, int32(k), n.prev, n.links})
	}
	if outcome == Passed {
		return
	}
	for t := range d.threads {
		if x.Threads[t].Live && !d.sleeping.has(int32(t)) {
			op := x.Threads[t].Next
			d.races(pending{int32(t), op, int32(d.depth), d.threads[t].last, d.heads.at(op)})
		}
	}
	if outcome == Failed && len(x.Enabled) > 0 && d.depth > 0 {
		last := &d.path[d.depth-1]
		last.backtrack.addAll(last.enabled)
	}
}

// A pending is an operation that was executed at a node, or comes next.
type pending struct {
	thread int32
	op     Op
	at     int32 // its node
	prev   int32 // the node of the operation before it in its thread
	links
}

// races finds the earlier operations that an operation could have come before.
func (d *DPOR) races(j pending) {
	before := d.at(j.prev)
	hidden := false // what happens before an operation that was found
	c := cursor{d.path, j.op, j.at, j.links}
	for i := c.next(); i >= 0; i = c.next() {
		e := &d.path[i]
		if e.thread == j.thread {
			continue
		}
		single := !j.op.many() && e.op.Kind != Clock
		if single && e.op.changes() && (hidden || before.after(e)) {
			return
		}
		reached := j.prev < i && e.decided
		if before.after(e) || single && (e.op.Kind == End || reached && !e.enabled.has(j.thread)) {
			continue
		}
		d.reverse(i, j)
		if single && (reached || !j.op.waits()) {
			if e.op.changes() {
				return
			}
			hidden = true
		}
	}
}

// reverse sees to it that an operation is executed before an earlier one: some thread that can begin the sequence of what does not happen
// after the earlier one, followed by the operation, has to be executed where the earlier one was.
func (d *DPOR) reverse(i int32, j pending) {
	n := &d.path[i]
	tied := d.collect(i, j)
	switch {
	case tied && (j.op.many() || n.op.Kind == Clock || n.op.Kind == RLock):
		n.backtrack.addAll(n.enabled)
	case n.backtrack.meets(d.initials), n.sleep.meets(d.initials):
	case d.initials.has(j.thread) && n.enabled.has(j.thread):
		n.backtrack.add(j.thread)
	case n.enabled.meets(d.initials):
		n.backtrack.add(n.enabled.common(d.initials))
	default:
		n.backtrack.addAll(n.enabled)
	}
}

// collect finds the initials: the threads that can begin the sequence. It returns whether the operation depends on another one of the sequence.
func (d *DPOR) collect(i int32, j pending) (tied bool) {
	n := &d.path[i]
	d.initials, d.first = d.initials[:0], d.first[:0]
	for range d.threads {
		d.first = append(d.first, 0)
	}
	for k := i + 1; k < j.at; k++ {
		e := &d.path[k]
		if e.after(n) {
			continue
		}
		tied = tied || e.op.depends(j.op)
		if d.first[e.thread] == 0 {
			if d.begins(e) {
				d.initials.add(e.thread)
			}
			d.first[e.thread] = e.index
		}
	}
	if d.first[j.thread] == 0 && !tied && j.prev <= i {
		d.initials.add(j.thread)
	}
	return tied
}

// begins says whether nothing in the sequence so far happens before an operation.
func (d *DPOR) begins(e *node) bool {
	for t, c := range e.clock {
		if first := d.first[t]; first != 0 && c >= first {
			return false
		}
	}
	return true
}
