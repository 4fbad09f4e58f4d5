// Package ring is a bounded first-in first-out queue for many producers and many consumers, in one array: the ring of
// Vyukov, with answers of "full" and "empty" that are exact.
//
// # The idea
//
// A ring of n slots and two positions that only grow, tail (the next to be put) and head (the next to be taken), is the
// oldest queue there is; position p lives in slot p mod n. With one lock it is ten lines. Without one, two producers must not
// write one slot, and a consumer must not read a slot that a producer has been given but has not yet filled. Dmitry Vyukov's
// answer (Bounded MPMC queue, 1024cores.net, 2010) splits an operation into two steps:
//
//  1. claim: a compare-and-swap moves tail (or head) by one; the winner owns that position, and with it the slot;
//  2. publish: when the value has been written (or taken out), the owner stores a new sequence number into the slot, and
//     hands the slot over to whoever waits for that number.
//
// So producers meet each other on one word (tail), consumers on another (head), and a producer meets a consumer only in a
// slot. Each of those words has a cache line of its own, or a core that touches one would take away the line of another.
//
// The sequence number of a slot says whose turn it is. For position p:
//
//	2p        free: the producer of p may claim it
//	2p + 1    full: the consumer of p may claim it
//	2(p + n)  free for the next lap
//
// Vyukov uses p, p+1 and p+n, which for n = 1 gives "full" and "free for the next lap" the same number; with twice the
// position every capacity works, one included. (folly::MPMCQueue counts turns for the same reason.)
//
// # Invariants
//
//   - head <= tail <= head + n, always. The consumer of p claims only if it has seen 2p + 1, which the producer of p stores after
//     it has claimed p, so head never passes tail. The producer of p claims only if it has seen 2p, which for p >= n the
//     consumer of p - n stores after its claim, so tail never passes head + n.
//   - head, tail and every sequence number only grow.
//   - Between claim and publish the owner alone touches the value in the slot.
//
// # Why the textbook answers are not exact, and what we do about it
//
// In the original, a producer that finds its slot not free returns "full", and a consumer that finds its slot not filled returns
// "empty". Either may be wrong. Producer A claims position 0 and is stalled; producer B puts a value at position 1 and
// returns; a consumer, even B itself, finds slot 0 not filled and says "empty" of a queue into which B has put a value that
// nobody has taken. No order of these operations explains the answer: the original is not linearizable as a queue whose
// "empty" means empty. In many programs that is a good bargain. In a program that puts and then polls until empty before it
// goes to sleep, it is a lost wake-up.
//
// So before TryPut says "full" it reads head, and before TryGet says "empty" it reads tail:
//
//   - TryPut read tail = p, then finds head = p - n. Then tail is still p (it is at least p, and at most head + n), so at that very
//     moment the ring was full.
//   - TryGet read head = p, then finds tail = p. Then head is still p (at least p, at most tail): at that very moment the ring was empty.
//   - Otherwise a peer stands between its claim and its publication, or the position is out of date: try again.
//
// The test must be for equality. Written as "tail - head >= n" on unsigned integers it goes wrong when the position is out of
// date and head has passed it.
//
// # Linearization points
//
//	TryPut true    the compare-and-swap of tail that claims a position
//	TryPut false   the load of head that finds head + n = p
//	TryGet true    the compare-and-swap of head that claims a position
//	TryGet false   the load of tail that finds tail = p
//	Len            the load of tail between two loads of head that agree
//
// With these the state of the abstract queue is at every moment the values of the positions from head to tail: claims of tail
// append in the order of positions, claims of head remove in the same order, and the two failures are shown above. That
// a claimed position has no value yet does not matter: nobody can return that value before it is there. Check runs
// small programs under every schedule of shared accesses with few preemptions and asks whether such an order exists.
//
// # Progress
//
// Not lock-free, although it takes no lock; Vyukov says so himself. A producer that stalls between claim and publication stops
// the consumers that reach its slot, and, one lap later, the producers too. Here this shows as a TryGet that waits: the price of exact
// answers, since the original would say "empty" and be wrong. The wait is a few instructions long unless the peer has lost its processor;
// after a few looks the waiter yields to the Go scheduler. What is left is a practical merit: nobody holds anything while it waits, and a
// goroutine stalled outside of those few instructions stops nobody. Len is lock-free: it repeats only if a TryGet succeeded meanwhile. For a
// bounded queue that is lock-free throughout, see SCQ (Nikolaev, DISC 2019).
//
// # Memory ordering in Go
//
// The value in a slot is an ordinary variable. The store of the sequence number after the write of the value, and the load that
// observes it before the read, synchronize (The Go Memory Model: if the effect of an atomic operation A is observed by an atomic operation B,
// then A is synchronized before B), so the read sees the write and the race detector agrees. Go's atomics are also sequentially
// consistent: all of them, of every goroutine, appear in one order. The argument about "full" and "empty" above compares loads of two
// different words and relies on that; in C++ with acquire and release alone it needs another look.
//
// # When not to use it
//
//   - If a goroutine should sleep until there is room or a value: use a channel, which is blocking, selectable, closable, and fast.
//   - On few cores: measure first. A channel or a ring under a mutex may win there, and cannot be stalled by half an operation.
//   - With one producer and one consumer: a ring without any compare-and-swap is simpler and faster.
//   - For very large values or huge capacities: slots are padded, and all of them are allocated at once.
package ring
