package model

import "github.com/concurrency-god-mode/godmode/harness/sched"

// An Int is a word of memory that holds a number. Its zero value is 0 and ready to use.
type Int struct {
	object
	v int64
}

// NewInt makes a word.
func (t *T) NewInt(v int64) *Int {
	x := t.e.pools.ints.get()
	x.v = v
	x.create(t)
	return x
}

// Load returns the value.
func (x *Int) Load(t *T) int64 {
	t.point(sched.Read, &x.object)
	return x.v
}

// Store sets the value.
func (x *Int) Store(t *T, v int64) {
	t.point(sched.Write, &x.object)
	x.v = v
}

// Add adds to the value and returns the new one.
func (x *Int) Add(t *T, d int64) int64 {
	t.point(sched.Update, &x.object)
	x.v += d
	return x.v
}

// Swap sets the value and returns the one before.
func (x *Int) Swap(t *T, v int64) int64 {
	t.point(sched.Update, &x.object)
	old := x.v
	x.v = v
	return old
}

// CompareAndSwap sets the value if it is as expected.
func (x *Int) CompareAndSwap(t *T, old, v int64) bool {
	t.point(sched.Update, &x.object)
	if x.v != old {
		return false
	}
	x.v = v
	return true
}

// Value returns the value without an operation, for an assertion when all others have ended.
func (x *Int) Value() int64 { return x.v }

// A Ref is a word of memory that holds any value. Its zero value holds the zero value of V.
type Ref[V any] struct {
	object
	v V
}

// NewRef makes a word.
func NewRef[V any](t *T, v V) *Ref[V] {
	r := &Ref[V]{v: v}
	r.create(t)
	return r
}

// Load returns the value.
func (r *Ref[V]) Load(t *T) V {
	t.point(sched.Read, &r.object)
	return r.v
}

// Store sets the value.
func (r *Ref[V]) Store(t *T, v V) {
	t.point(sched.Write, &r.object)
	r.v = v
}

// Swap sets the value and returns the one before.
func (r *Ref[V]) Swap(t *T, v V) V {
	t.point(sched.Update, &r.object)
	old := r.v
	r.v = v
	return old
}

// CompareAndSwap sets the value if it equals the one expected. It panics if V cannot be compared, as == of interfaces does.
func (r *Ref[V]) CompareAndSwap(t *T, old, v V) bool {
	t.point(sched.Update, &r.object)
	if any(r.v) != any(old) {
		return false
	}
	r.v = v
	return true
}

// Value returns the value without an operation, for an assertion when all others have ended.
func (r *Ref[V]) Value() V { return r.v }
