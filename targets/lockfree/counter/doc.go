// Package counter is a counter that many goroutines raise at once: one word for each of several stripes, added up by whoever asks.
//
// # The idea
//
// An atomic add is cheap while one core does it, and dear when several do it to the same word: the cache line that holds the word must travel
// from core to core for each addition. So do not share the word. A striped counter keeps several, each on cache lines of its own; a goroutine adds to
// one of them, and the total is their sum. Adding becomes as cheap as if one were alone, asking becomes dearer. That is a good bargain for what
// is counted all the time and asked for now and then: requests, bytes, hits. Linux counts packets so (McKenney, Is Parallel Programming Hard, And, If
// So, What Can You Do About It?, chapter 5, Counting); java.util.concurrent.LongAdder (Doug Lea, 2012) is the same.
//
// # Which stripe
//
// The stripe should be nobody else's at that moment, and choosing it must cost less than the addition that it saves. Go does not tell a goroutine which
// processor it runs on. A random stripe is a bad choice: the line was last touched by another core most of the time (BENCHMARKS.md in the directory
// above has the numbers). Add takes the address of its own stack, cut to 2 KiB (the least size of a stack) and multiplied into a hash (Knuth, The
// Art of Computer Programming, volume 3, section 6.4): no two goroutines that live at the same time share it, and it costs a multiplication and no
// shared word. Two goroutines may still meet at one stripe: with k stripes for each processor that happens to a given pair that runs at once with
// probability 1/(k x processors), and lasts until a stack moves.
//
// # What a sum is worth
//
// [Counter.Sum] reads the stripes one after another while others add. It is not a snapshot: it may see a later addition in a stripe that it reads
// late and miss an earlier one in a stripe that it has passed. Say two stripes hold 0; Sum reads the first; somebody adds 1 there and then 2 to
// the second; Sum says 2. The total was 0, then 1, then 3; it never was 2. What is certain:
//
//   - Each addition is in the sum wholly or not at all. All that returned before Sum began are in, none that began after it returned is.
//     So the sum is at least the total of the additions that were complete when it began, and at most the total of those that had begun when it returned.
//   - Of two sums, one of which returned before the other began, the later is not smaller: no stripe ever falls.
//   - If nobody adds meanwhile, it is exact. If every addition is 1, the total takes every value between those two bounds, so it did have the value
//     that Sum returned at some moment while Sum ran: then Sum is linearizable.
//
// [Counter.Exact] is linearizable whatever is added. It collects the stripes until two collects in a row agree (double collect; Afek and others, Atomic
// Snapshots of Shared Memory, Journal of the ACM 40(4), 1993, section 3). In general two equal collects prove nothing, since a word may have changed
// and changed back; here no stripe ever falls, so equal totals mean equal stripes, and each held its value all the time from when the first
// collect read it until the second did: between the collects, all at once. This is why Add takes unsigned numbers only. (A stripe could come back
// to its value after 2^64 has been added to it between two readings.)
//
// # Progress
//
// Add is wait-free: one atomic instruction. Sum is wait-free: one load a stripe. Exact is lock-free: it repeats only if somebody's Add has
// succeeded, and so may never return under additions that never cease.
//
// # When not to use it
//
//   - If the value decides something (the last one out closes the door; no more than n inside): a sum is out of date when it is returned. Use one atomic word.
//   - If it is read about as often as it is raised: reading costs a load a stripe.
//   - If it is raised from one goroutine, or rarely, or there are thousands of counters: each takes 128 bytes a stripe.
//   - If it must go down as well: the difference of two counters is bounded as above, but Exact of each is of its own moment.
package counter
