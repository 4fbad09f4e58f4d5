package properties

import (
	"encoding/binary"

	"github.com/concurrency-god-mode/godmode/harness"
)

// A sequence is a list of ints as a comparable value: eight bytes an element. Taking from either end does not copy.
type sequence string

const width = 8

func (s sequence) len() int { return len(s) / width }

// push returns the sequence with v behind its last element.
func (s sequence) push(v int) sequence {
	return s + sequence(binary.LittleEndian.AppendUint64(nil, uint64(v)))
}

// first and last return the element at that end, which must exist, and the others.
func (s sequence) first() (int, sequence) { return s[:width].value(), s[width:] }
func (s sequence) last() (int, sequence) {
	cut := len(s) - width
	return s[cut:].value(), s[:cut]
}

func (s sequence) value() int { return int(binary.LittleEndian.Uint64([]byte(s[:width]))) }

// Stack specifies an unbounded last-in first-out stack of ints: push(v), and pop, which returns the value and whether there was one.
func Stack() *harness.Model {
	return harness.NewModel("stack", "last in, first out; pop of an empty stack returns none", sequence(""),
		harness.Does("push", func(s sequence, v int) (sequence, harness.None) { return s.push(v), harness.None{} }),
		harness.Does0("pop", pop))
}

// BoundedStack specifies a stack of at most capacity ints: push(v) reports whether there was room, pop is that of [Stack].
func BoundedStack(capacity int) *harness.Model {
	return harness.NewModel("bounded-stack", "last in, first out; push into a full stack returns false", sequence(""),
		harness.Does("push", bounded(capacity)), harness.Does0("pop", pop))
}

// Queue specifies an unbounded first-in first-out queue of ints: put(v), and get, which returns the value and whether there was one.
func Queue() *harness.Model {
	return harness.NewModel("queue", "first in, first out; get from an empty queue returns none", sequence(""),
		harness.Does("put", func(s sequence, v int) (sequence, harness.None) { return s.push(v), harness.None{} }),
		harness.Does0("get", get))
}

// BoundedQueue specifies a queue of at most capacity ints: put(v) reports whether there was room, get is that of [Queue], len returns how
// many values are inside. The answers are exact: full means that capacity values are inside at that moment, none that there is no value.
func BoundedQueue(capacity int) *harness.Model {
	return harness.NewModel("bounded-queue", "first in, first out; put into a full queue returns false", sequence(""),
		harness.Does("put", bounded(capacity)), harness.Does0("get", get),
		harness.Does0("len", func(s sequence) (sequence, int) { return s, s.len() }))
}

func bounded(capacity int) func(sequence, int) (sequence, bool) {
	return func(s sequence, v int) (sequence, bool) {
		if s.len() >= capacity {
			return s, false
		}
		return s.push(v), true
	}
}

func pop(s sequence) (sequence, harness.Maybe[int]) {
	if s == "" {
		return s, harness.Maybe[int]{}
	}
	v, rest := s.last()
	return rest, harness.Some(v)
}

func get(s sequence) (sequence, harness.Maybe[int]) {
	if s == "" {
		return s, harness.Maybe[int]{}
	}
	v, rest := s.first()
	return rest, harness.Some(v)
}
