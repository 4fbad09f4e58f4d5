package sched

// What depends on what
//
// Two operations depend on each other if they touch the same object and one of them changes it in a way that the other can tell. Compared with Races,
// which is for pending operations, this includes the order that is forced: an End changes the thread that others join. And it is finer where
// two operations of the same kind always commute: two that wait for the same thing, and two that take the readers' side of a lock.
//
// A select touches all channels, and the clock touches everything: both are larger than the truth, which costs time and loses nothing.

// touches says whether an operation touches its object.
func (o Op) touches() bool { return o.Object >= 0 && (o.Kind < Go && o.Kind != None || o.Kind == End) }

// changes says whether an operation changes the object that it touches.
func (o Op) changes() bool { return o.Kind != Read && o.Kind != RLock && o.Kind != Wait }

// onChannel says whether an operation is on a channel.
func (o Op) onChannel() bool { return o.Kind >= Send && o.Kind <= Select && o.Object >= 0 }

// depends says whether two operations of different threads may not commute.
func (o Op) depends(p Op) bool {
	switch {
	case o.Kind == Clock || p.Kind == Clock:
		return true
	case o.Kind == Select && p.onChannel(), p.Kind == Select && o.onChannel():
		return o.Object >= 0 && p.Object >= 0
	}
	return o.Object == p.Object && o.touches() && p.touches() && (o.changes() || p.changes())
}

// many says whether what an operation waits for may be on several objects.
func (o Op) many() bool { return o.Kind == Select || o.Kind == Clock }

// waits says whether an operation may have to wait.
func (o Op) waits() bool {
	switch o.Kind {
	case Read, Write, Update, TryLock, Unlock, Close, Signal, Add, Point:
		return false
	}
	return true
}
