package sched

// accesses is the part of a profile that says which thread touches which object how often.
type accesses struct {
	log     []access // of this execution
	objects table
	shared  []shared // by number in objects
	pairs   table    // of a thread and an object
	touched []touched
	order   []int32 // objects that are worth exploring
	upTo    []uint64
	guards
}

// An access is one operation of this execution.
type access struct {
	thread, object int32
	kind           Kind
}

// shared is an object of the profile.
type shared struct {
	first  int32 // pair+1
	writes bool  // somebody writes to it
}

// touched is a pair: a thread that touches an object.
type touched struct {
	thread int32
	next   int32 // pair+1 of the same object
	now    int32 // in this execution
	count  peak
}

// counts reports whether an operation is an access to an object. To end is not, though others may wait for it.
func (o Op) counts() bool { return o.Object >= 0 && o.Kind < Go }

func (a *accesses) forget() {
	a.objects.clear()
	a.pairs.clear()
	a.guards.forget()
	a.shared, a.touched, a.order, a.upTo = a.shared[:0], a.touched[:0], a.order[:0], a.upTo[:0]
}

// learn takes account of the log of this execution, whose threads have these numbers in the profile.
func (a *accesses) learn(x *Exec, threads []int32) {
	a.guards.begin(len(threads))
	for _, l := range a.log {
		o := a.count(threads[l.thread], x.Objects[l.object].Key, Op{Kind: l.kind}.Writes())
		a.guards.met(l, o)
	}
	for i := range a.touched {
		t := &a.touched[i]
		t.count.learn(t.now)
		t.now = 0
	}
	a.rank()
}

// count notes one access.
func (a *accesses) count(thread int32, object uint64, writes bool) int32 {
	o := a.objects.add(object)
	if int(o) == len(a.shared) {
		a.shared = append(a.shared, shared{})
	}
	a.shared[o].writes = a.shared[o].writes || writes
	p := a.pairs.add(uint64(thread)<<32 | uint64(o))
	if int(p) == len(a.touched) {
		a.touched = append(a.touched, touched{thread: thread, next: a.shared[o].first})
		a.shared[o].first = p + 1
	}
	a.touched[p].now++
	return o
}

// rank lists the objects that at least two threads touch and one writes to, with the sums of their weights: how often they are touched.
func (a *accesses) rank() {
	a.order, a.upTo = a.order[:0], a.upTo[:0]
	sum := uint64(0)
	for o := range a.shared {
		threads, n := 0, uint64(0)
		for p := a.shared[o].first; p > 0; p = a.touched[p-1].next {
			if c := a.touched[p-1].count; c >= 16 {
				threads, n = threads+1, n+uint64(c)
			}
		}
		if threads >= 2 && a.shared[o].writes && !a.guarded(int32(o)) {
			sum += n
			a.order, a.upTo = append(a.order, int32(o)), append(a.upTo, sum)
		}
	}
}

// choose draws an object, or returns -1 if no object is worth it. Three times in four all are equally likely, for a flag that is touched twice may
// be what a bug is about; else each in proportion to how often it is touched, for the flag may be one of a thousand.
func (a *accesses) choose(r *random) int32 {
	if len(a.order) == 0 {
		return -1
	}
	if r.below(4) > 0 {
		return a.order[r.below(uint64(len(a.order)))]
	}
	n := r.below(a.upTo[len(a.upTo)-1])
	i, j := 0, len(a.upTo)-1
	for i < j {
		if h := (i + j) / 2; a.upTo[h] > n {
			j = h
		} else {
			i = h + 1
		}
	}
	return a.order[i]
}

// own sets how often each thread of the profile touches an object.
func (a *accesses) own(object int32, n []int32) {
	for p := a.shared[object].first; p > 0; p = a.touched[p-1].next {
		n[a.touched[p-1].thread] = a.touched[p-1].count.count()
	}
}
