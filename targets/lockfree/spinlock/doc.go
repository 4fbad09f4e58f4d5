// Package spinlock holds two locks that wait without sleeping: a test-and-test-and-set lock with back-off, and a ticket lock, which is fair.
//
// # The idea of the spin lock
//
// A word says whether the lock is held; whoever swaps it from 0 to 1 holds it. Two refinements make it usable (Anderson, The Performance of Spin Lock
// Alternatives for Shared-Memory Multiprocessors, IEEE TPDS 1(1), 1990; Herlihy and Shavit, The Art of Multiprocessor Programming, chapter 7):
//
//   - Test before the swap. A swap takes the cache line away from all others, even if it fails; a load shares it. Waiters therefore look until the lock seems
//     free, and only then swap.
//   - Back off. When the lock becomes free, all waiters see it and swap at once, and all but one do so in vain, while the holder wants the same line to let go.
//     Each failure makes a waiter wait longer before it looks again, up to a bound.
//
// # The idea of the ticket lock
//
// The spin lock goes to whoever comes at the right moment, and a waiter may be passed over for ever. A ticket lock works as a bakery's counter does (Reed
// and Kanodia 1979; Mellor-Crummey and Scott, Algorithms for Scalable Synchronization, ACM TOCS 9(1), 1991, section 2.2): everybody draws a number, and the
// lock serves numbers in turn. Drawing is one atomic add, and decides the order; letting go is one store, because only the holder writes that word. Numbers
// wrap around after 2^32, so they must be compared for equality and never for order.
//
// The two steps are useful apart: [TicketLock.Draw] when work arrives, process it in parallel, [TicketLock.Wait] before its result is committed: results
// come out in the order of arrival.
//
// # Spinning in Go
//
// A goroutine that waits must not assume that the holder is running: it may be waiting for this very processor. On one processor, pure spinning only burns
// time until the scheduler preempts it, after 10 ms. So both locks look a few times at full speed and then yield to the scheduler between looks. Nor can a
// goroutine forbid its own preemption, as a kernel does while it holds a spin lock: a holder that is preempted keeps all waiters, and in the ticket
// lock a waiter whose turn has come and who is not running keeps all behind it (convoy).
//
// # Memory ordering
//
// What is done under the lock happens before the store that lets go, which the next holder's successful swap (or load of its number) observes. Go's
// atomics synchronize in that case (The Go Memory Model), so the next holder sees all of it, and the race detector agrees.
//
// # Progress
//
// None, if the holder stops: a lock is blocking. The ticket lock is free of starvation among goroutines that get to run: who has drawn a number is
// passed by nobody who draws later.
//
// # When not to use them
//
// Almost always. sync.Mutex spins a little, then sleeps, and hands over to a waiter that has starved for 1 ms; the runtime's deadlock
// detection and mutex profile know it; BENCHMARKS.md has it beside these. A spin lock has a point where the section is a few instructions long and there
// are more processors than goroutines that want it. A ticket lock has one where the order of arrival must be kept.
package spinlock
