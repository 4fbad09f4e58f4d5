package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
)

// both runs two threads to their end.
func both(t *T, a, b func(t *T)) {
	x, y := t.Go("a", a), t.Go("b", b)
	t.Join(x)
	t.Join(y)
}

// objects are programs that say what they saw, with all that may be seen under some schedule.
var objects = []struct {
	name string
	run  func(t *T) string
	want []string
}{
	{"store buffering needs a buffer", func(t *T) string {
		x, y := t.NewInt(0), t.NewInt(0)
		var r1, r2 int64
		both(t, func(t *T) { x.Store(t, 1); r1 = y.Load(t) }, func(t *T) { y.Store(t, 1); r2 = x.Load(t) })
		return fmt.Sprint(r1, r2)
	}, []string{"0 1", "1 0", "1 1"}},

	{"read and write are apart, add is not", func(t *T) string {
		x, y := t.NewInt(0), t.NewInt(0)
		add := func(t *T) { v := x.Load(t); x.Store(t, v+1); y.Add(t, 1) }
		both(t, add, add)
		return fmt.Sprint(x.Value(), y.Value())
	}, []string{"1 2", "2 2"}},

	{"one swap sees the other", func(t *T) string {
		x := t.NewInt(0)
		var a, b int64
		both(t, func(t *T) { a = x.Swap(t, 1) }, func(t *T) { b = x.Swap(t, 2) })
		return fmt.Sprint(a, b, x.Value())
	}, []string{"0 1 2", "2 0 1"}},

	{"one compare-and-swap wins", func(t *T) string {
		x, r := t.NewInt(0), NewRef(t, "")
		var a, b bool
		both(t, func(t *T) { a = x.CompareAndSwap(t, 0, 1) && r.CompareAndSwap(t, "", "a") },
			func(t *T) { b = x.CompareAndSwap(t, 0, 2) && r.CompareAndSwap(t, "", "b") })
		return fmt.Sprint(a, b, x.Value()) + r.Value()
	}, []string{"false true 2b", "true false 1a"}},

	{"a reference of any type", func(t *T) string {
		r := NewRef(t, []int{1})
		both(t, func(t *T) { r.Store(t, append(slices.Clone(r.Load(t)), 2)) }, func(t *T) { r.Swap(t, nil) })
		return fmt.Sprint(r.Value())
	}, []string{"[1 2]", "[2]", "[]"}},

	{"mutex", func(t *T) string {
		m, x := t.NewMutex(), t.NewInt(0)
		inc := func(t *T) { m.Lock(t); x.Store(t, x.Load(t)+1); m.Unlock(t) }
		both(t, inc, inc)
		return fmt.Sprint(x.Value())
	}, []string{"2"}},

	{"the zero values are ready to use", func(t *T) string {
		var m Mutex
		var x Int
		inc := func(t *T) { m.Lock(t); x.Store(t, x.Load(t)+1); m.Unlock(t) }
		both(t, inc, inc)
		return fmt.Sprint(x.Value())
	}, []string{"2"}},

	{"try", func(t *T) string {
		m := t.NewMutex()
		var a, b bool
		both(t, func(t *T) { a = m.TryLock(t) }, func(t *T) { b = m.TryLock(t) })
		m.Unlock(t)
		return fmt.Sprint(a, b)
	}, []string{"false true", "true false"}},

	{"two locks in two orders", func(t *T) string {
		m, n := t.NewMutex(), t.NewMutex()
		both(t, func(t *T) { m.Lock(t); n.Lock(t); n.Unlock(t); m.Unlock(t) }, func(t *T) { n.Lock(t); m.Lock(t); m.Unlock(t); n.Unlock(t) })
		return "fine"
	}, []string{"deadlock: main waits to join a; a waits to lock mutex 2, held by b; b waits to lock mutex 1, held by a", "fine"}},

	{"unlock twice", func(t *T) string {
		m := t.NewMutex()
		m.Lock(t)
		m.Unlock(t)
		m.Unlock(t)
		return ""
	}, []string{"panic: unlock of unlocked mutex"}},

	{"readers share, a writer does not", func(t *T) string {
		m, readers, most := t.NewRWMutex(), 0, t.NewInt(0)
		read := func(t *T) {
			m.RLock(t)
			readers++
			most.Store(t, max(most.Load(t), int64(readers)))
			readers--
			m.RUnlock(t)
		}
		w := t.Go("writer", func(t *T) {
			m.Lock(t)
			t.Assert(readers == 0, "a reader is in")
			t.Yield()
			t.Assert(readers == 0, "a reader came in")
			m.Unlock(t)
		})
		both(t, read, read)
		t.Join(w)
		return fmt.Sprint(most.Value())
	}, []string{"1", "2"}},

	{"read locks do not nest if a writer comes between", func(t *T) string {
		m := t.NewRWMutex()
		both(t, func(t *T) { m.RLock(t); m.RLock(t); m.RUnlock(t); m.RUnlock(t) }, func(t *T) { m.Lock(t); m.Unlock(t) })
		return "fine"
	}, []string{"deadlock: main waits to join a; a waits to read-lock rwmutex 1, read by 1, wanted by b; b waits to lock rwmutex 1, read by 1, wanted by b", "fine"}},

	{"try with readers", func(t *T) string {
		m := t.NewRWMutex()
		var a, b bool
		both(t, func(t *T) { m.RLock(t); a = m.TryLock(t); m.RUnlock(t) }, func(t *T) { b = m.TryRLock(t) })
		return fmt.Sprint(a, b)
	}, []string{"false true"}},

	{"a signal without a loop around it may come too early", func(t *T) string {
		m := t.NewMutex()
		c := t.NewCond(m)
		both(t, func(t *T) { m.Lock(t); c.Wait(t); m.Unlock(t) }, func(t *T) { c.Signal(t) })
		return "woken"
	}, []string{"deadlock: main waits to join a; a waits to be signalled by condition 2", "woken"}},

	{"a condition in a loop", func(t *T) string {
		m, full := t.NewMutex(), false
		c := t.NewCond(m)
		both(t, func(t *T) {
			m.Lock(t)
			for !full {
				c.Wait(t)
			}
			m.Unlock(t)
		}, func(t *T) { m.Lock(t); full = true; c.Broadcast(t); m.Unlock(t) })
		return "woken"
	}, []string{"woken"}},

	{"one signal wakes one of two", func(t *T) string {
		m := t.NewMutex()
		c := t.NewCond(m)
		woken := t.NewInt(0)
		wait := func(t *T) { m.Lock(t); c.Wait(t); m.Unlock(t); woken.Add(t, 1) }
		t.Go("a", wait)
		t.Go("b", wait)
		c.Signal(t)
		c.Broadcast(t)
		return "fine"
	}, []string{"deadlock: a waits to be signalled by condition 2", "deadlock: a waits to be signalled by condition 2; b waits to be signalled by condition 2",
		"deadlock: b waits to be signalled by condition 2", "fine"}},

	{"wait group", func(t *T) string {
		w, n := t.NewWaitGroup(), 0
		w.Add(t, 2)
		for range 2 {
			t.Go("worker", func(t *T) { n++; w.Done(t) })
		}
		w.Wait(t)
		return fmt.Sprint(n)
	}, []string{"2"}},

	{"wait group that is added to too late", func(t *T) string {
		w, n := t.NewWaitGroup(), t.NewInt(0)
		t.Go("worker", func(t *T) { w.Add(t, 1); n.Add(t, 1); w.Done(t) })
		w.Wait(t)
		return fmt.Sprint(n.Load(t))
	}, []string{"0", "1"}},

	{"wait group below zero", func(t *T) string { t.NewWaitGroup().Done(t); return "" }, []string{"panic: negative WaitGroup counter"}},

	{"semaphore", func(t *T) string {
		s, in, most := t.NewSemaphore(2), 0, 0
		use := func(t *T) {
			s.Acquire(t)
			in++
			most = max(most, in)
			t.Yield()
			in--
			s.Release(t)
		}
		c := t.Go("c", use)
		both(t, use, use)
		t.Join(c)
		return fmt.Sprint(most, s.TryAcquire(t), s.TryAcquire(t), s.TryAcquire(t))
	}, []string{"1 true true false", "2 true true false"}},

	{"once", func(t *T) string {
		o, n := t.NewOnce(), 0
		do := func(t *T) { o.Do(t, func() { t.Yield(); n++ }); t.Assert(n == 1, "not done when Do returns") }
		both(t, do, do)
		return fmt.Sprint(n)
	}, []string{"1"}},

	{"starting a thread that fails at once", func(t *T) string {
		t.Go("a", func(t *T) { panic("at once") })
		return "not reached"
	}, []string{"panic: at once"}},
}

func TestObjects(t *testing.T) {
	for _, o := range objects {
		t.Run(strings.ReplaceAll(o.name, " ", "-"), func(t *testing.T) {
			if seen, n := outcomes(t, o.run); !slices.Equal(seen, o.want) {
				t.Errorf("in %d schedules:\n%s\nwant:\n%s", n, strings.Join(seen, "\n"), strings.Join(o.want, "\n"))
			}
		})
	}
}
