package sched

// pos is partial order sampling (Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018). Every pending operation has a random
// priority, and the highest one that is enabled is executed. When it is, the pending operations that race with it get fresh priorities, so
// that orders of racing operations are drawn independently of each other, and those of other operations are not wasted coins.
//
// Deviation: a thread that has yielded or run for very long gets, with probability one half, the lowest priority for its next operation. With
// a fresh priority alone, a spinning loop would run for as long as it draws more than the thread that it waits for did.
type pos struct {
	random random
	slots  []slot
	live   []int32 // threads that have not ended
	lowest uint64
}

// A slot is a pending operation.
type slot struct {
	priority uint64
	object   int32 // NoObject if it races with nothing
	writes   bool
	chosen   bool  // surw: it is on the object whose order is drawn
	place    int32 // in live
}

// fresh priorities are above this; those of threads that give way are below.
const fresh = 1 << 32

// NewPOS returns partial order sampling.
func NewPOS() Strategy { return drive(newProfile(), &pos{}) }

func (s *pos) Begin(x *Exec, seed uint64) bool {
	s.random.state = seed
	s.slots, s.live, s.lowest = s.slots[:0], s.live[:0], fresh
	return true
}

func (s *pos) Started(x *Exec, thread int32) {
	s.slots = append(s.slots, slot{place: int32(len(s.live))})
	s.live = append(s.live, thread)
	s.refill(x, thread)
}

// refill draws the priority of the next operation of a thread.
func (s *pos) refill(x *Exec, thread int32) {
	p, op := &s.slots[thread], x.Threads[thread].Next
	p.priority = s.draw()
	p.object, p.writes = op.Object, op.Writes()
	if op.Kind >= Go {
		p.object = NoObject
	}
}

func (s *pos) draw() uint64 { return s.random.next() | fresh }

func (s *pos) Pick(x *Exec) int32 {
	best := x.Enabled[0]
	p := s.slots[best].priority
	for _, t := range x.Enabled[1:] {
		if q := s.slots[t].priority; q > p {
			best, p = t, q
		}
	}
	return best
}

func (s *pos) Ran(x *Exec, thread int32, op Op) {
	if op.Object >= 0 && op.Kind < Go {
		s.disturb(thread, op.Object, op.Writes())
	}
	if x.Threads[thread].Live {
		s.refill(x, thread)
	} else {
		s.remove(thread)
	}
}

// disturb draws anew for everybody whose pending operation races with one that was executed.
func (s *pos) disturb(thread, object int32, writes bool) {
	for _, t := range s.live {
		if p := &s.slots[t]; p.object == object && (writes || p.writes) && t != thread {
			p.priority = s.draw()
		}
	}
}

// remove takes a thread off the list of those alive.
func (s *pos) remove(thread int32) {
	place, last := s.slots[thread].place, s.live[len(s.live)-1]
	s.live[place] = last
	s.slots[last].place = place
	s.live = s.live[:len(s.live)-1]
}

func (s *pos) demote(x *Exec, thread int32) {
	if s.random.next()>>63 == 0 {
		s.lowest--
		s.slots[thread].priority = s.lowest
	}
}

func (s *pos) End(x *Exec, outcome Outcome) {}

func (s *pos) name() string { return "pos" }
