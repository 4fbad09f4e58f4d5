package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// deques returns the work-stealing queues: an owner pushes four numbers and pops, one thief tries twice to steal, and each number must be worked on once.
func deques() []*Classic {
	return []*Classic{{
		Name: "WorkStealQueue",
		Doc: "The owner of the queue pops from its tail without a lock, the thief steals from its head under one. " +
			"The thief looks whether something is left before it announces what it takes, not after, so both get the last element.",
		Source: "Frigo, Leiserson, Randall: The implementation of the Cilk-5 multithreaded language, PLDI 1998; " +
			"as a test in Musuvathi, Qadeer: Iterative context bounding, PLDI 2007 (the suite CHESS of TOPC 2016)",
		Program: stealing(lookFirst),
		Fixed:   stealing(announceFirst),
	}, {
		Name: "InterlockedWorkStealQueue",
		Doc: "The thief has no lock: it takes the head by compare-and-swap. The owner pops the last element without one, so both get it. " +
			"The twin's owner competes for the last element.",
		Source:  "the suite CHESS of TOPC 2016; the twin is the queue of Chase, Lev: Dynamic circular work-stealing deque, SPAA 2005",
		Program: stealing(interlocked),
		Fixed:   stealing(interlockedBoth),
	}, {
		Name: "StateWorkStealQueue",
		Doc: "Each number has a state, queued or taken, which both parties read and then write: the queue hands out the last element twice, " +
			"and the states do not help if both read before one writes. The twin's queue is right, and its states change by compare-and-swap.",
		Source:  "the suite CHESS of TOPC 2016",
		Program: stealing(stateful),
		Fixed:   stealing(statefulRight),
	}}
}

// A protocol says how a queue is used.
type protocol struct {
	announce  bool // the thief announces before it looks
	lockFree  bool // the thief takes no lock but swaps the head
	compete   bool // the owner swaps the head too, for the last element
	states    bool // elements have states
	stateSwap bool // which are swapped, not read and written
}

var (
	lookFirst       = protocol{}
	announceFirst   = protocol{announce: true}
	interlocked     = protocol{lockFree: true}
	interlockedBoth = protocol{lockFree: true, compete: true}
	stateful        = protocol{states: true}
	statefulRight   = protocol{states: true, stateSwap: true, announce: true}
)

// The programs push so many numbers; -1 stands for none.
const (
	numbers = 4
	nothing = -1
)

// A deque is a queue with an owner at its tail and thieves at its head. Positions only rise; position i is place i&mask of an array, and one place stays free so
// that a thief may still read what it has announced. A bigger array has other places.
type deque struct {
	protocol
	m                *model.Mutex
	head, tail, mask *model.Int
	arrays           map[int64][]*model.Int // by mask
	state, work      []*model.Int           // by number: whether it was taken, and how often it was worked on
}

func newDeque(t *model.T, p protocol) *deque {
	return &deque{
		protocol: p, m: t.NewMutex(), head: t.NewInt(0), tail: t.NewInt(0), mask: t.NewInt(1),
		arrays: map[int64][]*model.Int{1: words(t, 2), 3: words(t, 4), 7: words(t, 8)},
		state:  words(t, numbers), work: words(t, numbers),
	}
}

// place returns where a position is now.
func (q *deque) place(t *model.T, i int64) *model.Int {
	mask := q.mask.Load(t)
	return q.arrays[mask][i&mask]
}

// push adds a number at the tail.
func (q *deque) push(t *model.T, x int64) {
	i := q.tail.Load(t)
	if mask := q.mask.Load(t); i-q.head.Load(t) < mask {
		q.arrays[mask][i&mask].Store(t, x)
		q.tail.Store(t, i+1)
		return
	}
	if q.lockFree {
		q.grow(t, x)
		return
	}
	holding(t, q.m, func() { q.grow(t, x) })
}

// grow moves to an array of twice the size, and adds a number.
func (q *deque) grow(t *model.T, x int64) {
	head, tail, mask := q.head.Load(t), q.tail.Load(t), q.mask.Load(t)
	old, bigger, more := q.arrays[mask], q.arrays[2*mask+1], 2*mask+1
	for i := head; i < tail; i++ {
		bigger[i&more].Store(t, old[i&mask].Load(t))
	}
	q.mask.Store(t, more)
	bigger[tail&more].Store(t, x)
	q.tail.Store(t, tail+1)
}

// pop takes from the tail. The tail goes down first, and then the owner looks at the head.
func (q *deque) pop(t *model.T) int64 {
	i := q.tail.Load(t) - 1
	q.tail.Store(t, i)
	head := q.head.Load(t)
	switch {
	case q.lockFree:
		return q.popLast(t, i, head)
	case head <= i:
		return q.place(t, i).Load(t)
	}
	q.tail.Store(t, i+1)
	x := int64(nothing)
	holding(t, q.m, func() {
		if q.head.Load(t) <= i {
			q.tail.Store(t, i)
			x = q.place(t, i).Load(t)
		}
	})
	return x
}

// popLast is the end of a pop without locks: more than one element is left, none, or one, for which the owner may have to compete.
func (q *deque) popLast(t *model.T, i, head int64) int64 {
	if head > i {
		q.tail.Store(t, i+1)
		return nothing
	}
	x := q.place(t, i).Load(t)
	if head == i && q.compete {
		if !q.head.CompareAndSwap(t, i, i+1) {
			x = nothing
		}
		q.tail.Store(t, i+1)
	}
	return x
}

// steal takes from the head.
func (q *deque) steal(t *model.T) int64 {
	if q.lockFree {
		return q.stealSwap(t)
	}
	x := int64(nothing)
	holding(t, q.m, func() {
		i := q.head.Load(t)
		if q.announce {
			q.head.Store(t, i+1)
		}
		if i >= q.tail.Load(t) {
			if q.announce {
				q.head.Store(t, i)
			}
			return
		}
		if x = q.place(t, i).Load(t); !q.announce {
			q.head.Store(t, i+1)
		}
	})
	return x
}

// stealSwap takes from the head without a lock.
func (q *deque) stealSwap(t *model.T) int64 {
	i := q.head.Load(t)
	if i >= q.tail.Load(t) {
		return nothing
	}
	x := q.place(t, i).Load(t)
	if !q.head.CompareAndSwap(t, i, i+1) {
		return nothing
	}
	return x
}

// handle works on a number, if it is one and its state allows it.
func (q *deque) handle(t *model.T, x int64) {
	if x == nothing || !q.takes(t, x) {
		return
	}
	t.Assert(q.work[x].Add(t, 1) == 1, "an element was taken twice")
}

// takes sets the state of a number, and reports whether it was not set yet.
func (q *deque) takes(t *model.T, x int64) bool {
	switch {
	case !q.states:
		return true
	case q.stateSwap:
		return q.state[x].CompareAndSwap(t, 0, 1)
	case q.state[x].Load(t) == 1:
		return false
	}
	q.state[x].Store(t, 1)
	return true
}

// stealing is the test: two numbers are pushed and one is popped, again, and then the rest is popped, while the thief tries twice.
func stealing(p protocol) model.Program {
	return func(t *model.T) {
		q := newDeque(t, p)
		thief := t.Go("thief", func(t *model.T) {
			for range 2 {
				q.handle(t, q.steal(t))
			}
		})
		for x := int64(0); x < numbers; x += 2 {
			q.push(t, x)
			q.push(t, x+1)
			q.handle(t, q.pop(t))
		}
		for range numbers / 2 {
			q.handle(t, q.pop(t))
		}
		t.Join(thief)
		for x := range q.work {
			t.Assert(q.work[x].Value() == 1, "an element was lost")
		}
	}
}
