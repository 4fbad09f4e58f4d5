package sim

import "time"

// What an event can be.
type kind uint8

const (
	arrives kind = iota // a message at its host
	rings               // a timer
	boots               // a machine
	resumes             // a client
	calls               // a function of the world's own
)

// An event is something that is to happen.
type event struct {
	at   time.Duration
	kind kind
	dead bool // was called off
	host *host
	life int // how often the event was recycled, to see that it is still the same

	due  time.Duration // by the host's clock, for timers and clients; 0 is none
	name string        // of a timer
	msg  Message
	proc *proc
	turn int // of the client, or the boot of the machine
	call func()
}

// A queue holds events in the order of their times. Events at one moment are in the order of a number drawn for each, so that none always wins.
type queue struct {
	heap []slot
	free []*event
}

// A slot keeps what is compared beside the event.
type slot struct {
	at  time.Duration
	tie uint64
	e   *event
}

func (a slot) before(b slot) bool { return a.at < b.at || a.at == b.at && a.tie < b.tie }

// get returns an empty event.
func (q *queue) get() *event {
	if n := len(q.free); n > 0 {
		e := q.free[n-1]
		q.free = q.free[:n-1]
		return e
	}
	return &event{}
}

// recycle takes back an event that has happened.
func (q *queue) recycle(e *event) {
	*e = event{life: e.life + 1}
	q.free = append(q.free, e)
}

// put adds an event (Williams, Algorithm 232: Heapsort, CACM 7(6), 1964).
func (q *queue) put(e *event, at time.Duration, tie uint64) {
	e.at = at
	s := slot{at, tie, e}
	i := len(q.heap)
	q.heap = append(q.heap, s)
	for i > 0 {
		up := (i - 1) / 2
		if !s.before(q.heap[up]) {
			break
		}
		q.heap[i] = q.heap[up]
		i = up
	}
	q.heap[i] = s
}

// pop takes the next event, or nil.
func (q *queue) pop() *event {
	if len(q.heap) == 0 {
		return nil
	}
	top, last := q.heap[0].e, q.heap[len(q.heap)-1]
	q.heap[len(q.heap)-1] = slot{}
	q.heap = q.heap[:len(q.heap)-1]
	if len(q.heap) > 0 {
		q.sink(last)
	}
	return top
}

// sink puts a slot in place of the top.
func (q *queue) sink(s slot) {
	i, n := 0, len(q.heap)
	for {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && q.heap[c+1].before(q.heap[c]) {
			c++
		}
		if !q.heap[c].before(s) {
			break
		}
		q.heap[i] = q.heap[c]
		i = c
	}
	q.heap[i] = s
}
