// Package model explores programs that are written with operations of its own: classic puzzles, litmus tests, algorithms on paper. It is
// the fast path of controlled exploration: a thread is a coroutine, an operation is a method call, and the strategies of package sched
// decide before each one who goes on.
//
//	func LostUpdate(t *model.T) {
//		x := t.NewInt(0)
//		inc := func(t *model.T) { v := x.Load(t); x.Store(t, v+1) }
//		a, b := t.Go("a", inc), t.Go("b", inc)
//		t.Join(a)
//		t.Join(b)
//		t.Assert(x.Load(t) == 2, "lost update")
//	}
//
// A program must be a pure function of the schedule, with the choices of Select and T.Choose in it, and of T.Intn: no clock, no global generator, no order
// of map keys, no goroutine of its own. Then a strategy and a seed name an execution; if the strategy learns, so does what it has learned, and the
// switches of an execution name it in any case. Objects belong to one execution: do not keep them for the next.
//
// What a passing exploration does not prove: operations are atomic and memory is sequentially consistent, as Go's atomics are, so nothing
// is said about plain accesses that race; and what lies between two operations of a thread is taken to be private to it.
//
// # Steps
//
// Each operation on an object is one step, and which thread takes the next step is a decision. To start a thread, to end, and to join one that
// has ended are steps too, and so is to choose, but nobody decides when: they commute with whatever others do, so to execute them at once loses no
// behaviour. A thread that is started runs at once to its first operation, for what precedes it is private. So a hundred threads that have been started all stand before
// their first access to shared memory, and no strategy wastes its coins on how they came there.
//
// An execution is over when all threads have ended, the first one included. If somebody is left and nobody can go on, that is a deadlock, and
// it is known at once.
//
// # Speed
//
// In millions of operations per second of processor time, or for tiny (two threads of two atomic operations) in thousands of schedules; medians
// of three runs on two cores of an AMD EPYC that had other work to do:
//
//	                                 rw    pct    pos    urw   surw   portfolio
//	tiny                            586    520    487    528    391    633
//	5 threads x 2000 operations     7.8     20    5.8    8.1    4.5    5.3
//	100 threads x 100 operations    5.5    9.0    1.2    2.7    1.0    1.5
//
// A bare coroutine of iter.Pull takes 80 to 107 ns there for a resumption and the return. No step allocates, except for Select, whose cases do.
//
//	go test -run '^$' -bench . ./harness/model
package model
