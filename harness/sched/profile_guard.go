package sched

import "slices"

// guards is the part of a profile that says which objects are protected by a lock. If one lock is held at every access to an object, the
// order of these accesses follows from that of the lock, and there is no point in drawing it as well.
//
// The idea of comparing sets of locks is of Savage and others ("Eraser: A Dynamic Data Race Detector for Multithreaded Programs", TOCS 15(4), 1997), who
// report an object without such a lock. Here a mistake costs little: the object's order is left to the filler.
type guards struct {
	held [][]int32 // by thread of this execution: objects that it has locked
	by   []guarded // by number of the object
}

// A guarded is what is known of the locks around an object, and of the object as a lock.
type guarded struct {
	locks   []int32 // held at all accesses
	met     bool    // there was an access
	holders int32   // threads that hold it now
	loose   bool    // two threads held it at the same time: it is a semaphore, and protects nothing
}

func (g *guards) forget() { g.by = g.by[:0] }

// begin prepares for the log of another execution.
func (g *guards) begin(threads int) {
	for len(g.held) < threads {
		g.held = append(g.held, nil)
	}
	for i := range g.held {
		g.held[i] = g.held[i][:0]
	}
	for i := range g.by {
		g.by[i].holders = 0
	}
}

// met takes account of an access to an object.
func (g *guards) met(a access, object int32) {
	for len(g.by) <= int(object) {
		g.by = append(g.by, guarded{})
	}
	if a.kind == Unlock {
		g.release(a.thread, object)
		return
	}
	o := &g.by[object]
	if o.met {
		o.locks = slices.DeleteFunc(o.locks, func(l int32) bool { return !slices.Contains(g.held[a.thread], l) })
	} else {
		o.met, o.locks = true, append(o.locks, g.held[a.thread]...)
	}
	if a.kind == Lock && !slices.Contains(g.held[a.thread], object) {
		g.held[a.thread] = append(g.held[a.thread], object)
		o.holders++
		o.loose = o.loose || o.holders > 1
	}
}

// release removes a lock from a thread's, or from another's that had locked it.
func (g *guards) release(thread, object int32) {
	if g.drop(thread, object) || g.by[object].holders == 0 {
		return
	}
	for t := range g.held {
		if g.drop(int32(t), object) {
			return
		}
	}
}

func (g *guards) drop(thread, object int32) bool {
	i := slices.Index(g.held[thread], object)
	if i < 0 {
		return false
	}
	g.held[thread] = slices.Delete(g.held[thread], i, i+1)
	g.by[object].holders--
	return true
}

// guarded reports whether a lock protects an object.
func (g *guards) guarded(object int32) bool {
	return slices.ContainsFunc(g.by[object].locks, func(l int32) bool { return !g.by[l].loose })
}
