package yardsticks

import (
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/targets/lockfree/msqueue"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/ring"
	"github.com/concurrency-god-mode/godmode/targets/lockfree/treiber"
	"github.com/puzpuzpuz/xsync/v4"
)

// capacity is that of every queue and stack here.
const capacity = 1024

// ours is the ring of package ring.
type ours struct{ *ring.Ring[int] }

func (q ours) put(v int) bool { return q.TryPut(v) }
func (q ours) get() bool      { _, ok := q.TryGet(); return ok }

// theirs is the ring of xsync.
type theirs struct{ *xsync.MPMCQueue[int] }

func (q theirs) put(v int) bool { return q.TryEnqueue(v) }
func (q theirs) get() bool      { _, ok := q.TryDequeue(); return ok }

// channel is a buffered channel, which blocks where the others say no.
type channel chan int

func (q channel) put(v int) bool { q <- v; return true }
func (q channel) get() bool      { <-q; return true }

// locked is a ring, or a stack, under a mutex.
type locked struct {
	mu         sync.Mutex
	vals       [capacity]int
	head, tail uint
}

func (q *locked) put(v int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.tail-q.head == capacity {
		return false
	}
	q.vals[q.tail%capacity] = v
	q.tail++
	return true
}

func (q *locked) get() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.tail == q.head {
		return false
	}
	q.head++
	return true
}

// lockedStack takes from the end at which it puts.
type lockedStack struct{ locked }

func (s *lockedStack) get() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tail == 0 {
		return false
	}
	s.tail--
	return true
}

// linked is the queue of package msqueue.
type linked struct{ *msqueue.Queue[int] }

func (q linked) put(v int) bool { return q.Enqueue(v) }
func (q linked) get() bool      { _, ok := q.Dequeue(); return ok }

// stack is the stack of package treiber.
type stack struct{ *treiber.Stack[int] }

func (s stack) put(v int) bool { return s.Push(v) }
func (s stack) get() bool      { _, ok := s.Pop(); return ok }

var (
	viaChannel = contender[queue]{"chan", func() queue { return make(channel, capacity) }}
	viaMutex   = contender[queue]{"mutex", func() queue { return new(locked) }}
)

func BenchmarkRing(b *testing.B) {
	transfers(b, []contender[queue]{
		{"godmode", func() queue { return ours{ring.New[int](capacity, nil)} }},
		{"xsync", func() queue { return theirs{xsync.NewMPMCQueue[int](capacity)} }},
		viaChannel, viaMutex,
	})
}

func BenchmarkLinkedQueue(b *testing.B) {
	transfers(b, []contender[queue]{
		{"godmode", func() queue { return linked{msqueue.New[int](capacity, nil)} }},
		viaChannel, viaMutex,
	})
}

func BenchmarkStack(b *testing.B) {
	transfers(b, []contender[queue]{
		{"godmode", func() queue { return stack{treiber.New[int](capacity, nil)} }},
		{"mutex", func() queue { return new(lockedStack) }},
	})
}
